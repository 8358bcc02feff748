import { AccessError, ApiError } from '../domain/errors.ts';
import type { Json } from '../domain/json.ts';
import type { RemoteObject } from '../domain/remote.ts';
import type { Answer, Call } from './api-client.ts';
import type { ListOperation, Operations } from './operations.ts';
import { readListing, sizeParameters } from './listing.ts';
import { isFields, readBody } from './remote-answers.ts';
import { layOutList, type Addressee } from './request-layout.ts';

/** What is known of a key and the account it is to write to. */
export interface AccountCheck {
  /** `confirmed`: the account answers to this key; `unknown`: nothing that could be asked says so. */
  readonly outcome: 'confirmed' | 'unknown';
  /** What was asked, method and path; undefined where nothing could be. */
  readonly asked: string | undefined;
  /** The account's name at WattCarbon, where it is shown. */
  readonly name: string | undefined;
  /** It looks like a person's own account, not an organisation's. */
  readonly looksPersonal: boolean;
}

/** Who asks, and how. */
export interface AccountQuestion {
  readonly operations: Operations;
  readonly addressee: Addressee;
  /** How the manifest calls the account, where there are several. */
  readonly accountName: string | undefined;
  /** The environment variable that holds the key. */
  readonly keyVariable: string;
  readonly get: (call: Call) => Promise<Answer>;
  /** An error for an answer that is not what it should be. */
  readonly unreadable: (why: string, call: Call, answer: Answer) => Error;
}

/** The most requests that `askAccount` makes, where the key's accounts are on one page. */
export const mostAccountRequests = 2;

/** What `askAccount` would ask of these operations: something in the account, and the key's accounts where that shows none. */
function questionsFor(operations: Operations): {
  readonly inside: ListOperation | undefined;
  readonly all: ListOperation | undefined;
} {
  const one = operations.reader(/\/accounts\/\{[^/]+\}$/);
  return {
    inside: one ?? operations.list('create_meter') ?? operations.list('create_asset'),
    all: one === undefined ? operations.reader(/\/accounts$/) : undefined,
  };
}

/** How many requests `askAccount` makes with these operations, when all goes well. */
export function countAccountRequests(operations: Operations): number {
  return Object.values(questionsFor(operations)).filter((question) => question !== undefined).length;
}

/**
 * Asks whether the key belongs to the account, by GETs that the API describes or the manifest names. Throws `AccessError`
 * `wattcarbon.account-refused` for a definite no; what fails otherwise says nothing, and the first write will tell.
 */
export async function askAccount(question: AccountQuestion): Promise<AccountCheck> {
  const { operations, addressee, accountName, keyVariable } = question;
  const { inside, all } = questionsFor(operations);
  const who =
    accountName === undefined ? `"${addressee.account ?? ''}"` : `"${accountName}" (${addressee.account ?? ''})`;
  const refuse = (message: string): AccessError =>
    new AccessError('wattcarbon.account-refused', message, { account: accountName });
  const advice = `${keyVariable} is not the key of account ${who}: every key belongs to one account, so take this account's, not a personal one, or correct the id. Nothing was sent to it`;
  const callFor = (url: URL): Call => ({
    doing: `checking the API key of account ${who}`,
    method: 'GET',
    path: url.href,
    advice: { forbidden: advice, absent: advice },
  });

  let shown: Json | undefined;
  let asked: string | undefined;
  if (inside !== undefined) {
    const url = shortestPage(placeOf(inside, addressee), inside);
    const answer = await unlessSilent(question.get(callFor(url)), (error) => isNo(error) && refuse(error.message));
    if (answer !== undefined) {
      asked = `GET ${url.pathname}`;
      shown = readBody(answer.text);
    }
  }
  if (all !== undefined) {
    const first = placeOf(all, addressee);
    const listing = readListing({
      first,
      query: all.query,
      resource: 'account',
      fetchPage: (url) => question.get(callFor(url)),
      refuse: (why, answer) => question.unreadable(why, callFor(first), answer),
    });
    // That a key may not list accounts says nothing of this one.
    const listed = (await unlessSilent(collect(listing), () => undefined)) ?? [];
    const own = listed.find(({ id }) => String(id) === addressee.account);
    if (listed.length > 0 && own === undefined) {
      const theirs = listed.map(({ id }) => `"${String(id)}"`).join(', ');
      throw refuse(`checking the API key of account ${who}: it opens ${theirs}; ${advice}`);
    }
    if (own !== undefined) asked ??= `GET ${first.pathname}`;
    shown = own?.fields;
  }
  return { outcome: asked === undefined ? 'unknown' : 'confirmed', asked, ...describeAccount(shown) };
}

function placeOf(list: ListOperation, addressee: Addressee): URL {
  return layOutList({ operation: 'create_meter', path: {}, fields: {} }, list, addressee);
}

/** An account may hold a million meters, and one is enough. */
function shortestPage(address: URL, { query }: ListOperation): URL {
  const size = sizeParameters.find((name) => query.fields.has(name));
  if (size !== undefined) address.searchParams.set(size, '1');
  return address;
}

/** What was asked for; undefined for a failure that says nothing of the account. Throws what `refuse` makes of the others. */
async function unlessSilent<T>(
  asking: Promise<T>,
  refuse: (error: ApiError) => AccessError | false | undefined,
): Promise<T | undefined> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const refusal = refuse(error);
    if (refusal) throw refusal;
    return undefined;
  }
}

/** A 404 that does not speak of the account may be a path that is not there, or an empty list. */
function isNo({ details: { kind, said = '' } }: ApiError): boolean {
  return kind === 'forbidden' || (kind === 'absent' && /\baccounts?\b/i.test(said));
}

async function collect(listing: AsyncIterable<RemoteObject>): Promise<readonly RemoteObject[]> {
  const all: RemoteObject[] = [];
  for await (const one of listing) all.push(one);
  return all;
}

/** What an account shows of itself, wherever it says so; nothing for a list of other things. */
function describeAccount(shown: Json | undefined): Pick<AccountCheck, 'name' | 'looksPersonal'> {
  const fields = isFields(shown) ? (isFields(shown['data']) ? shown['data'] : shown) : {};
  const text = (key: string): string => (typeof fields[key] === 'string' ? fields[key] : '');
  const kinds = ['type', 'kind', 'accountType', 'account_type'].map(text);
  const looksPersonal =
    fields['isPersonal'] === true ||
    fields['is_personal'] === true ||
    [...kinds, text('name')].some((words) => /\b(?:personal|individual)\b/i.test(words));
  return { name: text('name') || undefined, looksPersonal };
}
