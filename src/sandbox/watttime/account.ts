import { z } from 'zod';
import { type Answer, answerJson } from '../serve/answer.ts';
import type { Call } from '../serve/router.ts';
import type { SandboxStateStore } from '../state.ts';
import { missing, refuseAccount, refuseParameters } from './refusals.ts';

/** The only user name that nobody has; all others are taken to have an account. */
export const nobody = 'nobody';

const registration = z.looseObject({
  username: z.string().min(1),
  password: z.string(),
  email: z.string(),
  org: z.string().nullish(),
});

/**
 * POST /register: keeps the user, whose password is then the only one that logs in. Reads a JSON body only: query
 * parameters, which the OpenAPI document lists, do not work there either.
 */
export function createRegister(state: SandboxStateStore): (call: Call) => Answer {
  return ({ body }) => {
    const read = registration.safeParse(readJson(body));
    if (!read.success) {
      const parameters = new Set(read.error.issues.map(({ path }) => String(path[0] ?? 'username')));
      return refuseParameters([...parameters].map((parameter) => missing('body', parameter)));
    }
    const { username, password, email } = read.data;
    if (!isStrong(password)) {
      return refuseAccount(
        'Password must be at least 8 characters, with at least 1 of each alpha, number and special characters.',
      );
    }
    if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email)) return refuseAccount('The email address is not valid.');
    return state.addUser(username, password)
      ? answerJson(200, { user: username, ok: 'User created' })
      : refuseAccount('That username is taken. Please choose another.');
  };
}

/** GET /password: nothing is mailed, of course. */
export function answerPasswordReset({ query }: Call): Answer {
  const user = query.get('username');
  if (!user) return refuseParameters([missing('query', 'username')]);
  return user === nobody
    ? refuseAccount('There is no user of that name.')
    : answerJson(200, { ok: 'Please check your email for the password reset link' });
}

function isStrong(password: string): boolean {
  return password.length >= 8 && /\p{L}/u.test(password) && /\d/.test(password) && /[^\p{L}\d\s]/u.test(password);
}

function readJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return {};
  }
}
