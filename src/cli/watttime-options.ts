import { type Command, InvalidArgumentError, Option } from 'commander';
import type { AccessFlags, LoginFlags, RegisterFlags, ResetFlags } from './watttime-account.ts';
import type { ForecastFlags } from './watttime-forecast.ts';
import type { IndexFlags, MapsFlags, RegionFlags } from './watttime-grid.ts';
import type { HistoryFlags } from './watttime-history.ts';
import { addSandboxFlags, refuseSandboxFlags } from './sandbox-flags.ts';
import type { Terminal } from './terminal.ts';
import type { SessionFlags } from './watttime-session.ts';
import type { WindowFlags } from './watttime-window.ts';

const where = `
Credentials come from WATTTIME_USER and WATTTIME_PASSWORD, or are asked for on a terminal; never give them as an option.
Address, limit and ledger are those of pipeline.yaml in this folder, or of --manifest; without one they are the defaults, and
the requests are counted in .wattlift/ledger.db, as those of a run are.

Exit codes: 0 done; 1 the API could not answer now; 2 wrong usage, or the API says that this cannot be asked; 3 credentials
missing or refused, or the plan does not cover it; 4 a run holds the ledger (--store); 130 and 143 interrupted.`;

/** How a verb gets the options that all endpoints share, and how its end is told. */
export interface EndpointPlace {
  readonly terminal: Terminal;
  readonly ended: (code: number) => void;
  readonly withLog: (command: Command) => Command;
}

/** Adds every endpoint of WattTime's API as a command of its own below `watttime`. */
export function addWattTimeEndpoints(verb: Command, place: EndpointPlace): void {
  const { terminal, ended } = place;
  verb
    .description("ask WattTime's API: every endpoint, JSON on stdout, or CSV where it is a series")
    .addHelpText('after', where);
  const endpoint = (name: string, description: string, ...aliases: readonly string[]): Command =>
    verb.command(name).aliases(aliases).description(description).addHelpText('after', where);
  // Added last, so that its own options stand first in the help.
  const asked = (command: Command): Command =>
    addSandboxFlags(place.withLog(command))
      .option(
        '--manifest <file>',
        'whose address, limit, ledger and store to use (default: pipeline.yaml, if it is there)',
      )
      .option('--sandbox', 'ask an API served inside this process, with a ledger and a store of their own')
      .hook('preAction', (_, called) => {
        const flags = called.opts<SessionFlags>();
        if (!flags.sandbox) refuseSandboxFlags(called, flags, 'watttime --sandbox');
      });

  asked(
    demanding(
      endpoint('register', 'make an account; the password is asked for, or read from stdin').option(
        '--username <name>',
        'default: WATTTIME_USER',
      ),
      new Option('--email <address>', 'where WattTime reaches you'),
    ).option('--org <name>', 'your organisation'),
  ).action(async (flags: RegisterFlags) => {
    const { register } = await import('./watttime-account.ts');
    ended(await register(flags, terminal));
  });

  asked(
    endpoint('login', 'see whether the credentials work, and until when the token does').option(
      '--show-token',
      'print the token, and nothing else: TOKEN=$(wattlift watttime login --show-token)',
    ),
  ).action(async (flags: LoginFlags) => {
    const { login } = await import('./watttime-account.ts');
    ended(await login(flags, terminal));
  });

  asked(
    endpoint('password-reset', 'have WattTime send a mail with a link', 'password').option(
      '--username <name>',
      'default: WATTTIME_USER',
    ),
  ).action(async (flags: ResetFlags) => {
    const { resetPassword } = await import('./watttime-account.ts');
    ended(await resetPassword(flags, terminal));
  });

  asked(
    withOut(
      endpoint('my-access', 'what this account may ask for: signals, regions, endpoints, models')
        .option('--region <name>', 'only this region')
        .option('--signal <signal>', 'only this signal'),
    ),
  ).action(async (flags: AccessFlags) => {
    const { showAccess } = await import('./watttime-account.ts');
    ended(await showAccess(flags, terminal));
  });

  asked(
    demanding(
      endpoint('region', 'the grid region of a place', 'region-from-loc'),
      new Option('--latitude <degrees>', 'north is positive').argParser(toDegrees),
      new Option('--longitude <degrees>', 'east is positive; America is negative').argParser(toDegrees),
    ).addOption(signalOption()),
  ).action(async (flags: RegionFlags) => {
    const { showRegion } = await import('./watttime-grid.ts');
    ended(await showRegion(flags, terminal));
  });

  asked(
    withOut(
      endpoint('maps', 'the borders of all regions as GeoJSON; tens of MB, plans ANALYST and PRO').addOption(
        signalOption(),
      ),
    ),
  ).action(async (flags: MapsFlags) => {
    const { showMaps } = await import('./watttime-grid.ts');
    ended(await showMaps(flags, terminal));
  });

  asked(keeping(forecasting(series(endpoint('forecast', 'the newest forecast of a region'))))).action(
    async (flags: ForecastFlags) => {
      const { showForecast } = await import('./watttime-forecast.ts');
      ended(await showForecast(flags, terminal));
    },
  );

  asked(
    keeping(
      forecasting(
        windowed(
          series(endpoint('forecast-history', 'the forecasts that were made in a window', 'forecast-historical')),
        ),
      ),
    ),
  ).action(async (flags: ForecastFlags & WindowFlags) => {
    const { showPastForecasts } = await import('./watttime-forecast.ts');
    ended(await showPastForecasts(flags, terminal));
  });

  asked(
    printed(
      windowed(series(endpoint('historical', 'the history of a region, any window', 'history')))
        .option('--model <date>', 'the model of this date, instead of the current one')
        .option('--imputed', 'mark the points that were imputed'),
    ),
  ).action(async (flags: HistoryFlags) => {
    const { showHistory } = await import('./watttime-history.ts');
    ended(await showHistory(flags, terminal));
  });

  asked(
    printed(series(endpoint('index', 'how clean a region is now: 0 the cleanest, 100 the dirtiest', 'signal-index'))),
  ).action(async (flags: IndexFlags) => {
    const { showIndex } = await import('./watttime-grid.ts');
    ended(await showIndex(flags, terminal));
  });
}

/** Adds options that must be given. Told after unknown ones: a mistyped name is what most often is wrong. */
function demanding(command: Command, ...options: readonly Option[]): Command {
  for (const option of options) command.addOption(option);
  return command.hook('preAction', (_, called) => {
    for (const option of options) {
      if (called.getOptionValue(option.attributeName()) === undefined)
        called.error(`error: required option '${option.flags}' not specified`);
    }
  });
}

function signalOption(): Option {
  return new Option('--signal <signal>', 'co2_moer, co2_aoer or health_damage').default('co2_moer');
}

function withOut(command: Command): Command {
  return command.option('--out <file>', 'write to this file, whole or not at all, instead of stdout');
}

function printed(command: Command): Command {
  return withOut(command.option('--csv', 'CSV instead of JSON'));
}

function series(command: Command): Command {
  return demanding(command, new Option('--region <name>', 'the grid region, like CAISO_NORTH')).addOption(
    signalOption(),
  );
}

function windowed(command: Command): Command {
  return demanding(
    command,
    new Option('--from <time>', 'a date (midnight UTC), an instant, or a duration back from now: P7D'),
  ).option('--to <time>', 'exclusive', 'now');
}

function forecasting(command: Command): Command {
  return command
    .addOption(new Option('--horizon-hours <n>', 'how far it reaches, 0 to 72').default(24).argParser(toHorizon))
    .option('--model <date>', 'the model of this date, instead of the current one');
}

function keeping(command: Command): Command {
  const store = 'keep it in the dataset beside the history (<store>-forecasts) instead of printing it';
  return printed(command).addOption(new Option('--store', store).conflicts(['csv', 'out']));
}

function toDegrees(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text.trim())) return Number(text);
  throw new InvalidArgumentError('decimal degrees are wanted, like 41.4797 or -91.5813');
}

function toHorizon(text: string): number {
  const hours = Number(text);
  if (/^\d+$/.test(text) && hours <= 72) return hours;
  throw new InvalidArgumentError('a whole number from 0 to 72 is wanted');
}
