import { WattliftError } from '../../domain/errors.ts';
import type { Fault } from './fault.ts';

/** A fault in words: what, at which operations, and when. */
export interface FaultRule {
  /** Matches `watttime.historical`. */
  readonly matches: (api: string, operation: string) => boolean;
  readonly fault: Fault;
  readonly when:
    | { readonly kind: 'always' }
    /** Counted from 1, over all requests that match. */
    | { readonly kind: 'nth'; readonly ranges: readonly { readonly from: number; readonly to: number }[] }
    /** From 0 to 1. */
    | { readonly kind: 'chance'; readonly chance: number };
}

/** An operation that is served. */
export interface Served {
  readonly api: string;
  readonly operation: string;
}

interface FaultKind {
  readonly name: string;
  /** What may follow after `=`. */
  readonly value?: string;
  readonly meaning: string;
  /** Undefined for a value that cannot be. */
  readonly read: (value: string | undefined) => Fault | undefined;
}

const kinds: readonly FaultKind[] = [
  { name: 'cut', meaning: 'the connection breaks before the work', read: plain({ kind: 'cut' }) },
  { name: 'hang', meaning: 'no answer ever, and no work', read: plain({ kind: 'hang' }) },
  {
    name: 'slow',
    value: 'SECONDS',
    meaning: 'work and answer come later, by 2 seconds unless said otherwise',
    read: (value = '2') => (/^\d+(\.\d+)?$/.test(value) ? { kind: 'slow', delayMs: Number(value) * 1000 } : undefined),
  },
  { name: 'expired', meaning: 'the token is refused from now on', read: plain({ kind: 'expired' }) },
  {
    name: 'html',
    value: 'STATUS',
    meaning: "a proxy's page in place of the work, 502 unless said otherwise",
    read: (value = '502') => withStatus(value, (status) => ({ kind: 'html', status })),
  },
  { name: 'lost', meaning: 'the work is done, the connection breaks before the answer', read: plain({ kind: 'lost' }) },
  { name: '500-after-work', meaning: 'the work is done, the answer is 500', read: plain({ kind: 'after-work-500' }) },
  { name: 'truncated', meaning: 'the work is done, half of the answer comes', read: plain({ kind: 'truncated' }) },
  {
    name: 'html-after-work',
    value: 'STATUS',
    meaning: 'the work is done, the answer is a page, with 200 unless said otherwise',
    read: (value = '200') => withStatus(value, (status) => ({ kind: 'html-after-work', status })),
  },
];

const grammar =
  'a fault is written [API.]OPERATION:FAULT with @N, @N-M, @N+ (which requests, counted from 1, several with commas) or ~P (by chance, 0.05 or 5%) after it, or neither for every one, like create_meter:lost@3';

/**
 * Reads a fault: `create_meter:lost@3`, `*:500-after-work~5%`, `watttime.historical:429=7@2-4`. Throws `WattliftError`
 * `sandbox.fault-invalid`, which says what is wrong and what there is.
 */
export function readFaultSpec(spec: string, served: readonly Served[]): FaultRule {
  const refuse = (why: string): WattliftError =>
    new WattliftError('sandbox.fault-invalid', `--sandbox-fault ${spec}: ${why}`);
  const parts = /^([^:]+):([^@~=]+)(?:=([^@~]*))?(?:@([^@~]*)|~([^@~]*))?$/.exec(spec);
  if (parts === null) throw refuse(`it cannot be read; ${grammar}`);
  const [, target = '', name = '', value, nth, chance] = parts;
  const matches = readTarget(target);
  if (!served.some(({ api, operation }) => matches(api, operation))) {
    throw refuse(`there is no operation "${target}"; there are ${nameOperations(served)}; * stands for any letters`);
  }
  const fault = readFault(name, value);
  if (fault === undefined) {
    throw refuse(`"${value === undefined ? name : `${name}=${value}`}" is no fault; there are ${nameFaults()}`);
  }
  const when = nth === undefined ? readChance(chance) : readRanges(nth);
  if (when === undefined) {
    throw refuse(`"${nth === undefined ? `~${chance ?? ''}` : `@${nth}`}" does not say when; ${grammar}`);
  }
  return { matches, fault, when };
}

/** The grammar and the faults, as help. */
export function describeFaults(): string {
  const lines = kinds.map(
    ({ name, value, meaning }) => `  ${name}${value === undefined ? '' : `[=${value}]`}: ${meaning}\n`,
  );
  return `${grammar}\n\nfaults:\n${lines.join('')}  STATUS[=SECONDS]: that status in place of the work, with that Retry-After: 503, 429=7\n`;
}

function nameFaults(): string {
  return [
    ...kinds.map(({ name, value }) => (value === undefined ? name : `${name}[=${value}]`)),
    'STATUS[=RETRY-AFTER SECONDS]',
  ].join(', ');
}

function nameOperations(served: readonly Served[]): string {
  const apis = [...new Set(served.map(({ api }) => api))];
  return apis
    .map((api) => {
      const own = served.filter((one) => one.api === api).map(({ operation }) => operation);
      return `${[...new Set(own)].join(', ')} (${api})`;
    })
    .join(', ');
}

function readTarget(target: string): FaultRule['matches'] {
  const pattern = target
    .split('*')
    .map((part) => part.replaceAll(/[.+?^$()|[\]\\{}]/g, String.raw`\$&`))
    .join('.*');
  const whole = new RegExp(`^${pattern}$`);
  return (api, operation) => whole.test(operation) || whole.test(`${api}.${operation}`);
}

function readFault(name: string, value: string | undefined): Fault | undefined {
  const kind = kinds.find((one) => one.name === name);
  if (kind !== undefined) return kind.read(value);
  if (value !== undefined && !/^\d+$/.test(value)) return undefined;
  return withStatus(name, (status) => ({ kind: 'status', status, ...(value !== undefined && { retryAfter: value }) }));
}

function withStatus(text: string, fault: (status: number) => Fault): Fault | undefined {
  return /^[2-5]\d\d$/.test(text) ? fault(Number(text)) : undefined;
}

function plain(fault: Fault): FaultKind['read'] {
  return (value) => (value === undefined ? fault : undefined);
}

function readRanges(text: string): FaultRule['when'] | undefined {
  const ranges = text.split(',').map((one) => {
    const parts = /^([1-9]\d{0,8})(?:(\+)|-([1-9]\d{0,8}))?$/.exec(one);
    if (parts === null) return undefined;
    const [, first = '', open, last] = parts;
    const from = Number(first);
    const to = open === undefined ? Number(last ?? first) : Number.POSITIVE_INFINITY;
    return to >= from ? { from, to } : undefined;
  });
  return ranges.every((range) => range !== undefined) ? { kind: 'nth', ranges } : undefined;
}

function readChance(text: string | undefined): FaultRule['when'] | undefined {
  if (text === undefined) return { kind: 'always' };
  const parts = /^(\d*\.?\d+)(%?)$/.exec(text);
  const chance = parts === null ? Number.NaN : Number(parts[1]) / (parts[2] === '%' ? 100 : 1);
  return chance > 0 && chance <= 1 ? { kind: 'chance', chance } : undefined;
}
