/** Which folders of `src/` a folder may import besides itself (ARCHITECTURE.md, "The import table"). */
export const importTable: Readonly<Record<string, readonly string[]>> = {
  main: ['cli'],
  cli: ['run', 'steps', 'domain', 'manifest', 'files', 'apis', 'ledger', 'store', 'sandbox'],
  run: ['steps', 'domain', 'ledger'],
  steps: ['domain'],
  domain: [],
  manifest: ['domain'],
  files: ['domain'],
  apis: ['domain'],
  ledger: ['domain', 'sqlite'],
  store: ['domain'],
  sqlite: ['domain'],
  sandbox: ['domain', 'sqlite'],
};

/** Builtins with input or output: `domain/` has none. */
const ioBuiltins = /^node:(?!crypto$|url$|util$|assert$)/;

/** Every import of a file that the table does not allow, as `from -> to` sentences. `path` is relative to `src/`. */
export function findViolations(path: string, source: string): readonly string[] {
  const folder = folderOf(path);
  const allowed = importTable[folder];
  if (allowed === undefined) return [`${path} is in a folder that the import table does not know`];
  return importsOf(source).flatMap((target) => {
    if (!target.startsWith('.')) return folder === 'domain' && ioBuiltins.test(target) ? [`${path} -> ${target}`] : [];
    const file = new URL(target, `file:///src/${path}`).pathname.replace('/src/', '');
    const to = folderOf(file);
    return to === folder || allowed.includes(to) ? [] : [`${path} -> ${file}`];
  });
}

function importsOf(source: string): readonly string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;
  return [...source.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** The folder right below `src/`; `main` for `main.ts`. */
function folderOf(path: string): string {
  const [first = '', second] = path.split('/');
  return second === undefined ? first.replace(/\.ts$/, '') : first;
}
