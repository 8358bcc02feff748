import type { Problem } from '../domain/problem.ts';
import type { Item, Step } from '../steps/step.ts';
import { driftMessage } from './run-item.ts';
import type { Standing } from './survey.ts';

/** Why a run would fail at an item that is neither done nor to do. */
export function faultOf(
  step: Step,
  item: Item,
  standing: Standing,
): Pick<Problem, 'code' | 'message' | 'data'> | undefined {
  switch (standing.kind) {
    case 'drift':
      return {
        code: `${step.name}.drift`,
        message: driftMessage(step.name, item.label, standing.changed),
        ...(standing.changed.length > 0 && { data: { changed: standing.changed.map(({ field }) => field) } }),
      };
    case 'doubt':
      return { code: `${step.name}.uncertain`, message: standing.message };
    case 'broken':
      return { code: standing.failure.code, message: standing.failure.message };
    case 'do':
    case 'done':
      return undefined;
  }
}
