import { relative } from 'node:path';
import { createSiteFiles } from '../files/site-files.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { SiteFiles } from '../steps/tools.ts';

/** The reader of a manifest's meter and event files. With a ledger, a file that has not changed is not read again. */
export function openSiteFiles(manifest: Manifest, cwd: string, ledger?: Ledger): SiteFiles {
  return createSiteFiles({
    form: manifest.wattcarbon.form,
    displayPath: (absolute) => relative(cwd, absolute),
    ...(ledger && {
      remember: {
        recall: (reading, files) => ledger.input(reading, files),
        remember: (reading, files, found) => ledger.rememberInput(reading, files, found),
      },
    }),
  });
}
