import type { Json } from './json.ts';

/** An id given by WattCarbon: a number stays a number (wattcarbon contract, "Asset"). */
export type RemoteId = string | number;

/** Something WattCarbon listed, with its fields as they came. */
export interface RemoteObject {
  readonly id: RemoteId;
  readonly fields: { readonly [field: string]: Json };
}

/** A reading as WattCarbon shows it. Times are UTC milliseconds, those of a bill the UTC midnights of its dates. */
export interface RemoteReading {
  readonly start: number;
  /** Exclusive; of bills only. */
  readonly end: number | undefined;
  /** In the unit of the upload. */
  readonly energy: number;
}

/** The operations that change something at WattCarbon, by the part of the operationId after the tag. */
export type WriteOperation =
  | 'create_meter'
  | 'upload_meter_intervals'
  | 'upload_meter_bills'
  | 'create_asset'
  | 'update_asset'
  | 'upload_asset_document';

/** What is known of an upload besides its bytes: fields that an API may want beside the file. */
export interface UploadSubject {
  readonly commodity: 'electricity' | 'gas';
  /** Between the starts of two readings; undefined for bills. */
  readonly intervalMs: number | undefined;
  readonly unit: 'kWh' | 'therm';
}

/** What is to be created, before it is known how the API wants it. */
export interface Creation {
  readonly operation: WriteOperation;
  /** Values for the path's parameters besides the account: `meter_id`, `asset_id`. */
  readonly path: { readonly [parameter: string]: RemoteId };
  /** JSON or form fields. Fields the resolved schema does not know are left out only when they are in `optional`. */
  readonly fields: { readonly [field: string]: Json };
  readonly optional?: { readonly [field: string]: Json };
  /** Fills fields that the resolved schema has and that tell what the file is. */
  readonly about?: UploadSubject;
  readonly file?: { readonly name: string; readonly bytes: Uint8Array; readonly contentType: 'text/csv' };
}

/** A creation as it will be sent. */
export interface Prepared {
  readonly operation: WriteOperation;
  readonly method: string;
  readonly url: string;
  /** Operation, account and body as sent, hashed: equal fingerprints cannot be told apart at the far side. */
  readonly fingerprint: string;
  /** The fields as sent, for comparing with what a list shows. */
  readonly sent: { readonly [field: string]: Json };
  readonly request: PreparedRequest;
}

export interface PreparedRequest {
  readonly media: 'json' | 'form' | 'multipart' | 'csv';
  readonly fields: { readonly [field: string]: Json };
  readonly filePart?: string;
  readonly file?: { readonly name: string; readonly bytes: Uint8Array; readonly contentType: 'text/csv' };
}

/** What is wrong with a body before it is sent; a warning does not keep it from being sent. */
export interface PayloadFault {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  /** The field in the body, by names and list positions from 0; empty where it is the body as a whole. */
  readonly path: readonly string[];
  readonly message: string;
}

/** A resolved operation, as `plan` and `doctor` print it. */
export interface Endpoint {
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  /** `manifest`, `openapi` (with its address), or `default (unverified)`. */
  readonly source: string;
}
