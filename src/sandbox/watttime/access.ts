import type { Region } from './regions.ts';
import { type Plan, plans } from './settings.ts';

/** What the account of a request may ask for. */
export interface Access {
  readonly plan: Plan;
}

/** The plan of a user: that which the name ends in (`ada-basic`, or just `new`), else the usual one. */
export function accessOf(user: string, usual: Plan): Access {
  const ending = user.split('-').at(-1);
  return { plan: plans.find((plan) => plan === ending) ?? usual };
}

/** Whether the account may read values of the region: a new one has CAISO_NORTH only. */
export function mayRead({ plan }: Access, { region }: Region): boolean {
  return plan !== 'new' || region === 'CAISO_NORTH';
}

/** Whether the account may have the maps. */
export function mayMap({ plan }: Access): boolean {
  return plan === 'pro';
}
