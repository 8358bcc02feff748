import { africa } from './places/africa.ts';
import { americas } from './places/americas.ts';
import { asiaPacific } from './places/asia-pacific.ts';
import { europe } from './places/europe.ts';
import { islandsAndCoasts } from './places/islands-and-coasts.ts';
import { unitedStates } from './places/united-states.ts';
import { type RegionShape, divideLands } from './region-shape.ts';

/**
 * Every grid region, with borders that are made up over real coordinates. They do not overlap; the coasts and the
 * country between some of them belong to none.
 */
export const regionShapes: readonly RegionShape[] = [
  ...unitedStates,
  ...islandsAndCoasts,
  ...divideLands([...americas, ...europe, ...africa, ...asiaPacific]),
];
