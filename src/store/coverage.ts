import type { Series } from '../domain/moer.ts';
import type { Span } from '../domain/span.ts';
import type { AnsweredSpan } from './settled.ts';

/** What is known of a series: its period, once an answer has told it, and what was answered. */
export interface Coverage {
  readonly periodSeconds: number | undefined;
  /** Sorted, not overlapping. */
  readonly spans: readonly AnsweredSpan[];
}

/** The two calls of the ledger that the store needs. `series` is `<signal>/<region>`, with a variant behind a `#`. */
export interface CoverageLedger {
  coverage(series: string): Promise<Coverage>;
  /** Durable when it resolves; where the spans overlap older ones, they win and the old are trimmed. */
  cover(series: string, periodSeconds: number, spans: readonly AnsweredSpan[]): Promise<void>;
}

/** What is asked besides series and span: another model, or the imputed marker, gives other points for the same times. */
export interface Variant {
  /** Date that names the model asked for; by default the API's own default. */
  readonly model?: string | undefined;
  /** Whether the imputed marker is asked for. */
  readonly imputed?: boolean | undefined;
}

/** The coverage of each series as one variant may count on it. */
export interface VariantCoverage {
  /** Every answer whose points are held; `askedAt` is 0 where another variant asked last, so that nothing there is settled. */
  read(series: Series): Promise<Coverage>;
  /** Records the answer to `asked`, given by month and with what it changes of older answers. Durable when it resolves. */
  record(series: Series, periodSeconds: number, answers: readonly AnsweredSpan[], asked: AnsweredSpan): Promise<void>;
}

/**
 * All variants share the files, so they share the rows that say what the files hold: `<signal>/<region>`. The plain
 * variant's rows are as they are. One with a model or the marker turns its `askedAt` negative there, and keeps a list of
 * what it asked under its own name: such a row is its own only when that list knows it. So whoever asks a time takes it
 * from all others, and a manifest changed and changed back asks twice.
 */
export function openCoverage(ledger: CoverageLedger, variant: Variant): VariantCoverage {
  const marks = [variant.model !== undefined && `model=${variant.model}`, variant.imputed === true && 'imputed'];
  const suffix = marks.filter((mark) => mark !== false).join('&');
  const shared = ({ signal, region }: Series): string => `${signal}/${region}`;
  const own = (series: Series): string => `${shared(series)}#${suffix}`;

  if (suffix === '') {
    return {
      read: async (series) => {
        const { periodSeconds, spans } = await ledger.coverage(shared(series));
        return { periodSeconds, spans: spans.map((row) => ({ ...row, askedAt: Math.max(0, row.askedAt) })) };
      },
      record: async (series, periodSeconds, answers) => ledger.cover(shared(series), periodSeconds, answers),
    };
  }
  return {
    read: async (series) => {
      const [{ periodSeconds, spans }, mine] = await Promise.all([
        ledger.coverage(shared(series)),
        ledger.coverage(own(series)),
      ]);
      const isMine = (row: AnsweredSpan): boolean =>
        row.askedAt < 0 && mine.spans.some((asked) => asked.askedAt === -row.askedAt && contains(asked, row));
      return { periodSeconds, spans: spans.map((row) => ({ ...row, askedAt: isMine(row) ? -row.askedAt : 0 })) };
    },
    // Killed between the two, the rows are nobody's, and the span is asked again.
    record: async (series, periodSeconds, answers, asked) => {
      const turned = answers.map((row) => ({ ...row, askedAt: row.askedAt > 0 ? -row.askedAt : 0 }));
      await ledger.cover(shared(series), periodSeconds, turned);
      await ledger.cover(own(series), periodSeconds, [asked]);
    },
  };
}

function contains(outer: Span, inner: Span): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}
