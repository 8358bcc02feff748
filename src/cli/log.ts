import { pino, type Logger } from 'pino';
import { z } from 'zod';
import type { Problem } from '../domain/problem.ts';
import type { LogFlags } from './log-choices.ts';
import type { Terminal } from './terminal.ts';

/** What a log line may carry; anything that could name a secret is cut by pino as well. */
const redact = ['*.password', '*.authorization', '*.token', '*.apiKey', 'password', 'authorization', 'token', 'apiKey'];

/**
 * Logs to stderr: pino's JSON lines, or short text lines when stderr is a terminal. `line` is told each finished line,
 * so that a live progress line can step aside.
 */
export function openLog(terminal: Terminal, options: LogFlags, line: (text: string) => void): Logger {
  const asText = logsText(terminal, options);
  const level = options.logLevel ?? (asText ? 'warn' : 'info');
  const write = asText ? (json: string) => line(`${toText(json)}\n`) : line;
  return pino(
    { level, base: null, redact, timestamp: () => `,"time":"${new Date(terminal.clock.now()).toISOString()}"` },
    { write },
  );
}

/** Logs a problem with its place: `error` or `warn`, as it is. */
export function logProblem(log: Logger, { severity, message, ...where }: Problem): void {
  log[severity === 'error' ? 'error' : 'warn'](where, message);
}

/** Does stderr speak to a person? */
export function logsText({ stderr }: Terminal, { logFormat }: LogFlags): boolean {
  return logFormat === 'text' || (logFormat === 'auto' && stderr.isTerminal);
}

const logLine = z.looseObject({ level: z.number(), time: z.string(), msg: z.string().default('') });

function toText(json: string): string {
  const { level, time, msg, ...rest } = logLine.parse(JSON.parse(json));
  const details = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return [time.slice(11, 19), pino.levels.labels[level] ?? '', msg, ...details].join(' ');
}
