import type { ActionOut } from '@/api/generated'

/** What an action may win: per 30 days where the range says enough, else in the range. */
export const monthly = (action: ActionOut) => action.gain_per_30_days ?? action.gain
export const per = (action: ActionOut) => (action.gain_per_30_days ? 'per 30 days' : 'in this range')
