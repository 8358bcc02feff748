// Started by the tests as a process of its own: holds the ledger and writes work until it is killed. Prints each key
// once the ledger has acknowledged it.
import { writeSync } from 'node:fs';
import { openSqliteLedger } from '../../src/ledger/sqlite.ts';

/** Nothing that was acknowledged may go untold, so what finds the pipe full waits. */
function tell(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

const [path = '', first = '0'] = process.argv.slice(2);
const ledger = await openSqliteLedger(path, { mode: 'run', clock: Date, command: 'wattlift run child.yaml' });
tell('open\n');
const lanes = Array.from({ length: 8 }, async (_, lane) => {
  for (let index = 0; ; index += 1) {
    const key = `${first}-${String(lane)}-${String(index)}`;
    await ledger.finish({
      work: { key, step: 'meter', state: 'done', result: { id: key }, at: Date.now() },
      slot: { scope: '', site: key, step: 'meter', item: 'main' },
      object: { scope: '', kind: 'meter', id: key },
    });
    tell(`${key}\n`);
  }
});
await Promise.all(lanes);
