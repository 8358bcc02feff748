import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { InterruptedError } from '../domain/errors.ts';

/** What a person types, or another program pipes in. */
export interface Input {
  readonly isTerminal: boolean;
  /**
   * Asks on stderr and reads one line from the terminal; a hidden one is not echoed. Undefined when the input ends.
   * Throws `InterruptedError` on Ctrl-C.
   */
  ask(question: string, how: { readonly hidden: boolean }): Promise<string | undefined>;
  /** The first line of what is piped in; undefined when nothing is. */
  firstLine(): Promise<string | undefined>;
}

/** The input of a real process. */
export function openInput(stdin: NodeJS.ReadStream, stderr: NodeJS.WriteStream): Input {
  return {
    isTerminal: stdin.isTTY,
    ask: async (question, { hidden }) => {
      const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
      const lines = createInterface({
        input: stdin,
        output: hidden ? nowhere : stderr,
        terminal: true,
        historySize: 0,
      });
      if (hidden) stderr.write(question);
      lines.setPrompt(hidden ? '' : question);
      lines.prompt();
      try {
        return await new Promise((resolve, reject) => {
          lines.once('line', resolve);
          lines.once('close', () => resolve(undefined));
          lines.once('SIGINT', () => reject(new InterruptedError()));
        });
      } finally {
        lines.close();
        if (hidden) stderr.write('\n');
      }
    },
    firstLine: async () => {
      const lines = createInterface({ input: stdin });
      try {
        return await new Promise((resolve) => {
          lines.once('line', resolve);
          lines.once('close', () => resolve(undefined));
        });
      } finally {
        lines.close();
      }
    },
  };
}
