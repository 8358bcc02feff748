import type { Site } from '../../domain/site.ts';
import type { Span } from '../../domain/span.ts';
import { rulesOf } from './asset-rules.ts';
import type { Subject } from './series.ts';

/** True when the findings of this site's meters depend on its events. */
export function needsEvents({ asset, events }: Site): boolean {
  return events !== undefined && asset !== undefined && rulesOf(asset.kind).events;
}

/** What findings need to know of a site; `events` are its events in order of time, none where they could not be read. */
export function subjectOf({ asset, coordinates }: Site, events: readonly Span[]): Subject {
  const date = asset?.['commencedOperationDate'];
  const nameplate = asset?.['nameplateCapacityKw'];
  return {
    kind: asset?.kind,
    operationDate: typeof date === 'string' ? date : undefined,
    nameplateKw: typeof nameplate === 'number' ? nameplate : undefined,
    coordinates,
    events,
  };
}

/** The events of a canonical events document, which has a header and a row an event: start and end with their offsets. */
export function eventSpans(document: Uint8Array): readonly Span[] {
  const [, ...rows] = new TextDecoder().decode(document).trimEnd().split('\n');
  return rows.map((row) => {
    const [start = Number.NaN, end = Number.NaN] = row.split(',').map((time) => Date.parse(time.replace(' ', 'T')));
    return { start, end };
  });
}
