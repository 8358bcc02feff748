import { passwordFault } from '../apis/watttime-account.ts';
import { AccessError, WattliftError } from '../domain/errors.ts';
import type { Terminal } from './terminal.ts';
import { writeDocument, type OutFlags } from './watttime-output.ts';
import { withWattTime, type SessionFlags } from './watttime-session.ts';

export interface LoginFlags extends SessionFlags {
  readonly showToken?: true;
}

/** `watttime login`: whether it worked and until when; the token alone with `--show-token`, for `curl`. */
export async function login(flags: LoginFlags, terminal: Terminal): Promise<number> {
  return withWattTime(flags, { credentials: 'both' }, terminal, async ({ client, user }) => {
    const { token, untilMs } = await client.login();
    const text = flags.showToken ? token : JSON.stringify({ ok: true, user, until: new Date(untilMs).toISOString() });
    terminal.stdout.write(`${text}\n`);
  });
}

export interface RegisterFlags extends SessionFlags {
  readonly username?: string;
  readonly email: string;
  readonly org?: string;
}

/** `watttime register`: makes an account. The password comes from a prompt, or from stdin, and is checked before it is sent. */
export async function register(flags: RegisterFlags, terminal: Terminal): Promise<number> {
  const { email, org } = flags;
  const username = flags.username ?? terminal.env['WATTTIME_USER'];
  if (!username) throw new WattliftError('watttime.username', 'whose account? Give --username, or set WATTTIME_USER');
  const password = await readNewPassword(terminal);
  const fault = passwordFault(password);
  if (fault !== undefined) throw new WattliftError('watttime.password', `${fault}; nothing was sent`);
  const named = { ...terminal, env: { ...terminal.env, WATTTIME_USER: username } };
  return withWattTime(flags, { credentials: 'user' }, named, async ({ client }) => {
    const said = await client.register({ username, password, email, org });
    terminal.stdout.write(`${JSON.stringify({ ok: true, user: username, said })}\n`);
  });
}

/** Twice on a terminal, since nobody sees what is typed. */
async function readNewPassword({ stdin, stderr }: Terminal): Promise<string> {
  const hidden = { hidden: true };
  const asks = stdin.isTerminal && stderr.isTerminal;
  const password = asks ? await stdin.ask('New password: ', hidden) : await stdin.firstLine();
  if (!password) {
    throw new AccessError(
      'credentials.missing',
      'no password came: type it at the prompt, or pipe it in. Nothing was sent',
    );
  }
  if (asks && (await stdin.ask('Once more: ', hidden)) !== password)
    throw new WattliftError('watttime.password', 'the two passwords differ; nothing was sent');
  return password;
}

export interface ResetFlags extends SessionFlags {
  readonly username?: string;
}

/** `watttime password-reset`: has WattTime send a mail. */
export async function resetPassword(flags: ResetFlags, terminal: Terminal): Promise<number> {
  const { username } = flags;
  const named = username === undefined ? terminal : { ...terminal, env: { ...terminal.env, WATTTIME_USER: username } };
  return withWattTime(flags, { credentials: 'user' }, named, async ({ client, user = '' }) => {
    terminal.stdout.write(`${JSON.stringify({ ok: true, user, said: await client.resetPassword(user) })}\n`);
  });
}

export interface AccessFlags extends SessionFlags, OutFlags {
  readonly region?: string;
  readonly signal?: string;
}

/** `watttime my-access`: what the account may ask for. */
export async function showAccess(flags: AccessFlags, terminal: Terminal): Promise<number> {
  return withWattTime(flags, { credentials: 'both' }, terminal, async ({ client }) =>
    writeDocument(await client.access({ region: flags.region, signal: flags.signal }), flags, terminal),
  );
}
