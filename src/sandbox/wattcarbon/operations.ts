import type { Json } from '../../domain/json.ts';
import type { Answer } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import { createAsset, listAssets, updateAsset } from './assets.ts';
import type { Backend } from './backend.ts';
import { getAccount, listAccounts } from './callers.ts';
import { listDocuments, uploadDocument } from './documents.ts';
import { choicesOf } from './form-fields.ts';
import { describeList, queryOf } from './lists.ts';
import { createMeter, listMeters } from './meters.ts';
import { placesOf } from './places.ts';
import type { SeriesKind } from './series-csv.ts';
import type { WattCarbonSettings } from './switches.ts';
import { readBack, uploadSeries } from './uploads.ts';

export interface JsonObject {
  readonly [key: string]: Json;
}

/** An operation as it is served and as it is described: one list for both, so that they cannot differ. */
export interface Operation {
  /** The part of the operationId after the tag; faults and the request log use it. */
  readonly name: string;
  readonly tag: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Below the API's address, with our parameter names. */
  readonly path: string;
  readonly query: readonly { readonly name: string; readonly schema: JsonObject; readonly required?: true }[];
  /** Schemas of the body by media type; empty for none. */
  readonly bodies: { readonly [media: string]: JsonObject };
  readonly status: '200' | '201';
  /** Undefined for CSV. */
  readonly answer: JsonObject | undefined;
  readonly handle: (backend: Backend, call: Call) => Answer;
}

/** A reference to a component of the description. */
export function ref(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** The operations that exist under these settings, but for the login. */
export function listOperations(settings: WattCarbonSettings): readonly Operation[] {
  const places = placesOf(settings);
  const created = { query: [], status: '201' } as const;
  const meters = { tag: 'Meters', path: places.meters };
  const assets = { tag: 'Assets', path: places.assets };
  const documents = { tag: 'Documents', path: places.documents };
  const json = (name: string): Operation['bodies'] => ({ 'application/json': ref(name) });
  const lists = (
    list: (typeof settings.lists)[number],
    entry: string,
  ): Omit<Operation, 'name' | 'tag' | 'path' | 'handle'>[] =>
    settings.lists.includes(list)
      ? [
          {
            method: 'GET',
            query: queryOf(settings, list),
            bodies: {},
            status: '200',
            answer: describeList(settings, ref(entry)),
          },
        ]
      : [];
  const documentBody = fileBodies(settings.documentBody, ref('Body_Documents-upload_asset_document'));
  const operations: readonly Operation[] = [
    {
      ...meters,
      ...created,
      name: 'create_meter',
      method: 'POST',
      bodies: json('ManualMeterCreate'),
      answer: ref('Meter'),
      handle: createMeter,
    },
    ...lists('meters', 'Meter').map((list) => ({ ...meters, ...list, name: 'list_meters', handle: listMeters })),
    ...seriesOperations(settings, 'intervals', places.intervals),
    ...seriesOperations(settings, 'bills', places.bills),
    {
      ...assets,
      ...created,
      name: 'create_asset',
      method: 'POST',
      bodies: json('AssetCreate'),
      answer: ref('Asset'),
      handle: createAsset,
    },
    ...(settings.assetUpdate === 'none'
      ? []
      : [
          {
            ...created,
            name: 'update_asset',
            tag: 'Assets',
            method: settings.assetUpdate === 'put' ? ('PUT' as const) : ('PATCH' as const),
            path: `${places.assets}/{asset_id}`,
            bodies:
              settings.assetUpdate === 'put'
                ? json('AssetCreate')
                : { 'application/json': { title: 'AssetUpdate', type: 'object', additionalProperties: true } },
            status: '200' as const,
            answer: ref('Asset'),
            handle: updateAsset,
          },
        ]),
    ...lists('assets', 'Asset').map((list) => ({ ...assets, ...list, name: 'list_assets', handle: listAssets })),
    {
      ...documents,
      ...created,
      name: 'upload_asset_document',
      method: 'POST',
      bodies: documentBody,
      query: needsQuery(settings.documentBody)
        ? [{ name: 'type', schema: ref('DocumentType'), ...(settings.documentBody === 'csv' && { required: true }) }]
        : [],
      answer: ref('Document'),
      handle: uploadDocument,
    },
    ...lists('documents', 'Document').map((list) => ({
      ...documents,
      ...list,
      name: 'list_asset_documents',
      handle: listDocuments,
    })),
    ...(settings.accounts === 'any' ? [] : accountOperations(places.accounts)),
  ];
  return settings.paths === 'flat' ? operations.map(withAccountInQuery) : operations;
}

/** Sending readings of a kind, and where it is switched on, reading them back. */
function seriesOperations(settings: WattCarbonSettings, kind: SeriesKind, path: string): readonly Operation[] {
  const fields = settings.formFields === 'none' || !needsQuery(settings.uploadBody) ? {} : choicesOf(kind);
  const isRequired = settings.formFields === 'required' && settings.uploadBody === 'csv';
  const upload: Operation = {
    name: `upload_meter_${kind}`,
    tag: 'Meters',
    method: settings.uploadMethod === 'put' ? 'PUT' : 'POST',
    path,
    query: Object.entries(fields).map(([name, choices]) => ({
      name,
      schema: { type: 'string', enum: choices },
      ...(isRequired && { required: true as const }),
    })),
    bodies: fileBodies(settings.uploadBody, ref(`Body_Meters-upload_meter_${kind}`)),
    status: '200',
    answer: ref('UploadResult'),
    handle: (backend, call) => uploadSeries(backend, kind, call),
  };
  if (settings.readBack === 'none') {
    return [upload];
  }
  const bounds = ['start', 'end'].map((name) => ({ name, schema: { type: 'string', format: 'date-time' } }));
  const isJson = settings.readBack === 'json';
  const reading: Operation = {
    ...upload,
    name: `list_meter_${kind}`,
    method: 'GET',
    query: [...bounds, ...(isJson ? queryOf(settings, 'rows') : [])],
    bodies: {},
    answer: isJson ? describeList(settings, ref(kind === 'intervals' ? 'Interval' : 'Bill')) : undefined,
    handle: (backend, call) => readBack(backend, kind, call),
  };
  return [upload, reading];
}

function accountOperations(path: string): readonly Operation[] {
  const get = { tag: 'Accounts', method: 'GET', query: [], bodies: {}, status: '200' } as const;
  return [
    { ...get, name: 'list_accounts', path, answer: { type: 'array', items: ref('Account') }, handle: listAccounts },
    { ...get, name: 'get_account', path: `${path}/{account_id}`, answer: ref('Account'), handle: getAccount },
  ];
}

function withAccountInQuery(operation: Operation): Operation {
  if (operation.tag === 'Accounts') return operation;
  const account = { name: 'account_id', schema: { type: 'string' }, required: true } as const;
  return { ...operation, query: [account, ...operation.query] };
}

function fileBodies(body: WattCarbonSettings['uploadBody'], form: JsonObject): Operation['bodies'] {
  return {
    ...(body !== 'csv' && { 'multipart/form-data': form }),
    ...(body !== 'multipart' && { 'text/csv': { type: 'string', format: 'binary' } }),
  };
}

/** A bare file leaves no room for fields but the query. */
function needsQuery(body: WattCarbonSettings['uploadBody']): boolean {
  return body !== 'multipart';
}
