import { z } from 'zod';
import { WattliftError } from '../../domain/errors.ts';
import { amount, describeSwitches, names, readSwitches, word } from '../switch.ts';

/** An account with its key, as `accounts=` names it. */
export interface KnownAccount {
  readonly id: string;
  readonly key: string;
  readonly isPersonal: boolean;
}

const listed = ['meters', 'assets', 'documents'] as const;

/** A list that may be there or not. */
export type Listed = (typeof listed)[number];

const lists = z
  .string()
  .transform((text) => (text === 'all' ? [...listed] : text === 'none' ? [] : text.split(',')))
  .pipe(z.array(z.enum(listed)))
  .meta({ values: `all, none, or some of ${listed.join(',')}`, meaning: 'lists that exist' });

const accounts = z
  .string()
  .regex(/^(any|[^:,]+:[^:,]+(:personal)?(,[^:,]+:[^:,]+(:personal)?)*)$/)
  .transform((text): 'any' | readonly KnownAccount[] => (text === 'any' ? text : text.split(',').map(readAccount)))
  .meta({
    values: 'any, or ACCOUNT:KEY[:personal] with commas between them',
    meaning: 'who has which key; any: every account takes every key but "wrong"',
  });

/** Everything about WattCarbon's API that the contract leaves open (`[?]`), each with the forms it may have. */
const switches = {
  paths: word(['documented', 'v2', 'renamed', 'flat'], 'where the operations are; flat: the account is in the query'),
  uploadMethod: word(['post', 'put'], 'how intervals and bills are sent'),
  uploadBody: word(
    ['multipart', 'csv', 'both'],
    'body of intervals and bills: a form with a file, the bare CSV, either',
  ),
  documentBody: word(['multipart', 'csv', 'both'], 'body of a document'),
  filePart: names(1, 'name of the part that carries the file'),
  fileMarks: word(['binary', 'media-type', 'both'], 'how the description marks it: format: binary, contentMediaType'),
  formFields: word(
    ['none', 'optional', 'required'],
    'granularity and type beside uploaded readings, with their choices',
  ),
  intervalColumns: names(2, 'header of an intervals file'),
  billColumns: names(3, 'header of a bills file'),
  coordinateKeys: names(2, 'keys of a location in coordinates'),
  ids: word(['number', 'digits', 'uuid'], 'a number, its digits in a text, or a UUID'),
  meterFields: word(['none', 'name', 'custom-id', 'both'], 'which names a meter may have'),
  openapi: word(
    ['json', 'redoc', 'none'],
    'the description: at /openapi.json, only through the ReDoc page, or nowhere',
  ),
  operationIds: word(['documented', 'renamed-tag', 'fastapi', 'camel-case'], 'how the description names operations'),
  schemas: word(['plain', 'composed'], 'composed: a schema for each asset kind, shared parts, null for absent'),
  servers: word(['none', 'relative', 'production'], 'servers in the description'),
  lists,
  listShape: word(['array', 'items', 'results', 'data'], 'a list: bare, or wrapped in an object'),
  paging: word(
    ['none', 'link', 'bare-link', 'next', 'cursor', 'page', 'offset'],
    'how a list goes on; bare-link: a page with none after it has no Link header at all',
  ),
  pageSize: amount('entries', 'entries on a page'),
  listLag: amount('seconds', 'time until a list shows what was made'),
  listFilters: word(
    ['absent', 'working', 'ignored', 'refused'],
    'filters of lists; refused: as is what a list does not know',
  ),
  readBack: word(['none', 'json', 'csv'], "reading a meter's data"),
  reupload: word(['replace', 'append', 'refuse'], 'a span of readings sent again'),
  documentAgain: word(['another', 'replace', 'refuse'], 'a document of the same name and type sent again'),
  assetUpdate: word(['none', 'patch', 'put'], 'how an asset is changed, in part or as a whole'),
  conflict: word(['409', '400', '422'], 'status for a customId that is taken'),
  rowErrors: word(['line', 'index', 'text'], 'how a refused row is told: its line, its index from 0, or in words'),
  maxKwh: amount('kWh', 'a reading above this is refused'),
  maxBody: amount('bytes', 'a longer body is refused with 413'),
  accounts,
  tokenLifetime: amount('seconds', 'how long a token is good'),
  expiresIn: word(['sent', 'absent'], 'expires_in in the answer to a login'),
  retiredPaths: word(['404', '410'], 'status of /devices, and of /assets without an account'),
} as const;

/** What holds where nothing is chosen, as it would be written. */
const standards: { readonly [name in keyof typeof switches]: string } = {
  paths: 'documented',
  uploadMethod: 'post',
  uploadBody: 'multipart',
  documentBody: 'multipart',
  filePart: 'file',
  fileMarks: 'binary',
  formFields: 'none',
  intervalColumns: 'start_datetime,energy_kwh',
  billColumns: 'start_date,end_date,energy_kwh',
  coordinateKeys: 'latitude,longitude',
  ids: 'number',
  meterFields: 'none',
  openapi: 'json',
  operationIds: 'documented',
  schemas: 'plain',
  servers: 'none',
  lists: 'all',
  listShape: 'array',
  paging: 'none',
  pageSize: '50',
  listLag: '0',
  listFilters: 'absent',
  readBack: 'none',
  reupload: 'replace',
  documentAgain: 'another',
  assetUpdate: 'none',
  conflict: '409',
  rowErrors: 'line',
  maxKwh: 'none',
  maxBody: '10000000',
  accounts: 'any',
  tokenLifetime: '86400',
  expiresIn: 'sent',
  retiredPaths: '404',
};

const settings = z.strictObject(switches);

/** What the switches are set to. */
export type WattCarbonSettings = Readonly<z.output<typeof settings>>;

/** What a manifest says of the API itself: a rehearsal takes it for true. */
export type ManifestForms = Pick<WattCarbonSettings, 'reupload' | 'intervalColumns' | 'billColumns' | 'coordinateKeys'>;

/** The settings where nothing is chosen. */
export function standardWattCarbon(): WattCarbonSettings {
  return settings.parse(standards);
}

/**
 * The settings that `NAME=VALUE` texts choose; what they leave is as the manifest has it, or as usual. Throws `WattliftError`
 * `sandbox.option-unknown` and `sandbox.option-invalid`.
 */
export function readWattCarbonOptions(texts: readonly string[], manifest?: ManifestForms): WattCarbonSettings {
  const named = readSwitches(texts, switches);
  const read = settings.parse({ ...standards, ...named });
  const { reupload, intervalColumns, billColumns, coordinateKeys } = { ...read, ...manifest };
  const chosen = {
    ...read,
    ...(!('reupload' in named) && { reupload }),
    ...(!('intervalColumns' in named) && { intervalColumns }),
    ...(!('billColumns' in named) && { billColumns }),
    ...(!('coordinateKeys' in named) && { coordinateKeys }),
  };
  demandPossible(chosen);
  return chosen;
}

/** The switches as help. */
export function describeWattCarbonOptions(): string {
  return describeSwitches(switches, standards);
}

/** Throws `WattliftError` `sandbox.option-invalid` for settings that no API could have together. */
export function demandPossible({ paging, listShape, pageSize }: WattCarbonSettings): void {
  if ((paging === 'next' || paging === 'cursor') && listShape === 'array') {
    throw new WattliftError(
      'sandbox.option-invalid',
      `--sandbox-option paging=${paging}: a bare array has no place for it; choose list-shape=items, results or data too`,
    );
  }
  if (!Number.isInteger(pageSize) || pageSize < 1) {
    throw new WattliftError('sandbox.option-invalid', '--sandbox-option page-size: a whole number from 1 is wanted');
  }
}

function readAccount(text: string): KnownAccount {
  const [id = '', key = '', kind] = text.split(':');
  return { id, key, isPersonal: kind === 'personal' };
}
