import { access, constants, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fine, warning, wrong, type Finding } from './finding.ts';

/** A folder or file that a run writes. */
export interface Place {
  readonly name: string;
  readonly path: string;
}

const mega = 2 ** 20;
/** A region-year of emissions has about 2 MB, a thousand sites' ledger some ten. */
const scarceBytes = 500 * mega;
const emptyBytes = 20 * mega;

/** Where SQLite's locks cannot be relied on (Linux, `statfs`): NFS, SMB, CIFS, SMB2, 9P, AFS. */
const networkTypes: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x5346414f]);

/** Can a run write there, and is there room? Makes nothing: what is not there yet is judged by the folder it would be made in. */
export async function examinePlace({ name, path }: Place): Promise<Finding> {
  const check = `disk-${name}`;
  const nearest = await findNearest(path);
  try {
    await access(nearest, constants.W_OK);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return wrong(
      check,
      `${path} cannot be written (${why})${nearest === path ? '' : `, since ${nearest} cannot`}`,
      'give the user who runs wattlift the right to write there, or name another place in the manifest',
    );
  }
  const { bavail, bsize, type } = await statfs(nearest);
  const freeBytes = bavail * bsize;
  const free = `${formatBytes(freeBytes)} free at ${path}`;
  const data = { path, freeBytes };
  if (freeBytes < emptyBytes) return wrong(check, `${free}: a run would stop`, 'make room on this disk', data);
  if (freeBytes < scarceBytes) return warning(check, `${free}: that is little`, 'make room on this disk', data);
  if (name === 'ledger' && networkTypes.has(type)) {
    const advice = 'keep the ledger on a local disk: name another place under ledger: in the manifest';
    return warning(check, `${path} is on a network share, where locks cannot be relied on`, advice, data);
  }
  return fine(check, free, data);
}

async function findNearest(path: string): Promise<string> {
  try {
    await access(path, constants.F_OK);
    return path;
  } catch {
    const above = dirname(path);
    return above === path ? path : findNearest(above);
  }
}

/** `40 kB`, `512 MB`, `1.2 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1024 * mega) return `${(bytes / 1024 / mega).toFixed(1)} GB`;
  return bytes >= mega ? `${String(Math.round(bytes / mega))} MB` : `${String(Math.ceil(bytes / 1024))} kB`;
}
