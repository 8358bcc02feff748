import { sha256 } from '../../domain/json.ts';
import type { Fault, FaultHook } from './fault.ts';
import { type FaultRule, type Served, readFaultSpec } from './fault-spec.ts';

/**
 * A hook for faults in words. Of several that are due at a request the first has it; every one counts the requests it
 * matches. Chance is drawn from the seed, for each fault by itself, so the same seed gives the same faults in the same
 * order of requests. Throws as `readFaultSpec` does.
 */
export function scheduleFaults(specs: readonly string[], seed: number, served: readonly Served[]): FaultHook {
  const rules = specs.map((spec, index): Counting => ({
    ...readFaultSpec(spec, served),
    seen: 0,
    draw: drawFrom(`${String(seed)} ${String(index)} ${spec}`),
  }));
  return ({ api, operation }) => {
    let due: Fault | undefined;
    for (const rule of rules.filter(({ matches }) => matches(api, operation))) {
      // Each counts and draws, whether or not another is due before it.
      const isDue = draw(rule);
      if (isDue) due ??= rule.fault;
    }
    return due;
  };
}

interface Counting extends FaultRule {
  seen: number;
  readonly draw: () => number;
}

function draw(rule: Counting): boolean {
  rule.seen += 1;
  const { when, seen } = rule;
  switch (when.kind) {
    case 'always':
      return true;
    case 'nth':
      return when.ranges.some(({ from, to }) => seen >= from && seen <= to);
    case 'chance':
      return rule.draw() < when.chance;
  }
}

/** Numbers from 0 to 1 that depend on the seed only (mulberry32). */
function drawFrom(seed: string): () => number {
  let state = Number.parseInt(sha256(seed).slice(0, 8), 16);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
