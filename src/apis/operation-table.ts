import type { WriteOperation } from '../domain/remote.ts';
import type { Media } from './openapi.ts';

/** An operation of the contract's table, by the part of its operationId after the tag. */
export type OperationName = WriteOperation | 'create_token';

/** What is known of an operation before anything is asked (wattcarbon contract, "The operation table"). */
export interface TableEntry {
  /** As the published guide names it. */
  readonly operationId: string;
  readonly tag: string;
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  /** Documented paths are verified; the others are guesses from the documented ones. */
  readonly verified: boolean;
  /** The operation that makes what this one changes: in a document it is found by that one's path too. Never guessed. */
  readonly changes?: OperationName;
  readonly media: Media;
  /** Name of the operation that shows what was made or sent: it can be given in the manifest's `endpoints` too. */
  readonly list?: string;
}

/** The operations this program calls, with their defaults. */
export const operationTable: Readonly<Record<OperationName, TableEntry>> = {
  create_token: {
    operationId: 'create_token_auth_token_post',
    tag: 'Auth',
    method: 'POST',
    path: '/auth/token',
    verified: true,
    media: 'form',
  },
  create_meter: {
    operationId: 'Meters-create_meter',
    tag: 'Meters',
    method: 'POST',
    path: '/accounts/{account_id}/meters',
    verified: false,
    media: 'json',
    list: 'list_meters',
  },
  upload_meter_intervals: {
    operationId: 'Meters-upload_meter_intervals',
    tag: 'Meters',
    method: 'POST',
    path: '/accounts/{account_id}/meters/{meter_id}/intervals',
    verified: false,
    media: 'multipart',
    list: 'list_meter_intervals',
  },
  upload_meter_bills: {
    operationId: 'Meters-upload_meter_bills',
    tag: 'Meters',
    method: 'POST',
    path: '/accounts/{account_id}/meters/{meter_id}/bills',
    verified: false,
    media: 'multipart',
    list: 'list_meter_bills',
  },
  create_asset: {
    operationId: 'Assets-create_asset',
    tag: 'Assets',
    method: 'POST',
    path: '/accounts/{account_id}/assets',
    verified: true,
    media: 'json',
    list: 'list_assets',
  },
  update_asset: {
    operationId: 'Assets-update_asset',
    tag: 'Assets',
    method: 'PATCH',
    path: '/accounts/{account_id}/assets/{asset_id}',
    verified: false,
    changes: 'create_asset',
    media: 'json',
  },
  upload_asset_document: {
    operationId: 'Documents-upload_asset_document',
    tag: 'Documents',
    method: 'POST',
    path: '/accounts/{account_id}/assets/{asset_id}/documents',
    verified: false,
    media: 'multipart',
    list: 'list_asset_documents',
  },
};

/** Every operation of the table that has a default, in its order. */
export const operationNames: readonly OperationName[] = [
  'create_token',
  'create_meter',
  'upload_meter_intervals',
  'upload_meter_bills',
  'create_asset',
  'upload_asset_document',
];

/** All names of the table, those too that are called only where the document or the manifest says how. */
export const tableNames: readonly OperationName[] = [...operationNames, 'update_asset'];
