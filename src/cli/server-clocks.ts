import type { Clock } from '../domain/clock.ts';
import { fine, warning, type Finding } from './finding.ts';

/** From here on it is said: WattTime's newest points are 5 minutes old, tokens live 30 minutes. */
const tellFromMs = 30_000;

/** Hears in every answer what time its server has. */
export class ServerClocks {
  readonly #clock: Clock;
  /** By address: how far this machine is ahead, milliseconds; the smallest of all answers, since delays only add to it. */
  readonly #aheadMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same way out, listened to. */
  listen(bare: typeof fetch): typeof fetch {
    return async (input, init) => {
      const askedAt = this.#clock.now();
      const response = await bare(input, init);
      const url = new URL(typeof input === 'object' && 'url' in input ? input.url : input);
      this.#note(url.origin, response.headers, askedAt, this.#clock.now());
      return response;
    };
  }

  /** A finding for each server that was heard. */
  findings(): readonly Finding[] {
    return [...this.#aheadMs].map(([server, aheadMs]) => {
      const seconds = Math.round(aheadMs / 1000);
      const data = { server, aheadSeconds: seconds };
      if (Math.abs(aheadMs) <= tellFromMs) return fine('clock', `this machine and ${server} agree on the time`, data);
      return warning(
        'clock',
        `this machine is ${String(Math.abs(seconds))} s ${seconds > 0 ? 'ahead of' : 'behind'} ${server}: "now" in a window, ages of points and tokens are off by as much`,
        'set the clock, or let NTP do it (timedatectl set-ntp true)',
        data,
      );
    });
  }

  /** `Date` counts whole seconds and was written between the asking and the answer; from a cache it is as old as `Age` says. */
  #note(server: string, headers: Headers, askedAt: number, answeredAt: number): void {
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    const earliest = date + (Number(headers.get('age')) || 0) * 1000;
    const latest = earliest + 1000;
    const ahead = askedAt > latest ? askedAt - latest : answeredAt < earliest ? answeredAt - earliest : 0;
    const known = this.#aheadMs.get(server);
    if (known === undefined || Math.abs(ahead) < Math.abs(known)) this.#aheadMs.set(server, ahead);
  }
}
