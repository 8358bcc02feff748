import { z } from 'zod';
import { dateFault, parseFixedDuration, parseMoment, type Parsed } from './moments.ts';
import { zoneFault } from './zone.ts';

/** What a schema's own checks hand to the problem list: the code, beside the issue's message. */
export interface IssueParams {
  readonly problem: string;
}

interface IssueSink {
  addIssue(issue: { code: 'custom'; message: string; params: Record<string, unknown>; input: unknown }): void;
}

function refuse(sink: IssueSink, problem: string, message: string, input: unknown): void {
  sink.addIssue({ code: 'custom', message, params: { problem } satisfies IssueParams, input });
}

/** Parses text by a function that explains its refusals. The JSON Schema keeps the text side. */
function parsedText<T>(problem: string, parse: (text: string) => Parsed<T>) {
  return z.string().transform((text, sink) => {
    const parsed = parse(text.trim());
    if ('value' in parsed) return parsed.value;
    refuse(sink, problem, parsed.fault, text);
    return z.NEVER;
  });
}

function checkedText(problem: string, fault: (text: string) => string | undefined) {
  return z.string().superRefine((text, sink) => {
    const found = fault(text);
    if (found !== undefined) refuse(sink, problem, found, text);
  });
}

/** Text that has something in it. */
export const words = z.string().trim().min(1);

/** A name or an id: text, or a whole number that is taken as text. */
export const label = z.union([words, z.int()]).transform(String);

/** An IANA time zone. */
export const zone = checkedText('site.timezone-unknown', zoneFault);

/** A day of the calendar, `YYYY-MM-DD`. */
export const day = (problem: string) => checkedText(problem, dateFault).meta({ examples: ['2022-08-01'] });

/** An ISO 8601 duration without months or years, read as milliseconds. */
export const lengthMs = parsedText('manifest.duration', parseFixedDuration).meta({ examples: ['PT5M'] });

/** A date, an instant with offset, a duration back from now, or `now`. */
export const moment = parsedText('manifest.time', parseMoment);

/** An address of an API; may hold `${NAME}`, so that its form is checked when those are filled in. */
export const url = z.string().regex(/^https?:\/\/\S+$|\$\{[A-Za-z_][A-Za-z0-9_]*\}/);

/** The name of an environment variable, as `${NAME}`: where a manifest says which one holds a credential. */
export const reference = z.string().regex(/^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/);
