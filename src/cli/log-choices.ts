/** How stderr logs: `auto` is `text` on a terminal and `json` elsewhere. */
export const logFormats = ['auto', 'json', 'text'] as const;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export interface LogFlags {
  readonly logFormat: (typeof logFormats)[number];
  /** By default `info` for JSON lines; `warn` for text, where the progress line speaks. */
  readonly logLevel?: (typeof logLevels)[number];
}
