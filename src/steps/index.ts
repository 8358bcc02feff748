import { asset } from './asset.ts';
import { events } from './events.ts';
import { meter } from './meter.ts';
import { moer } from './moer.ts';
import { region } from './region.ts';
import type { Step } from './step.ts';
import { upload } from './upload.ts';

/** Every step there is, in the order they run: this list reads as the pipeline. */
export const steps: readonly Step[] = [region, meter, upload, asset, events, moer];
