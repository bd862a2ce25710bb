import { NOTHING, percent } from '@/format/number'
import { label } from '@/format/words'

const SHARES = new Set(['accuracy', 'approval_dr', 'recall_at_review', 'precision_at_review'])

/** Measures whose name in the registry says too little. */
const MEASURES: Record<string, string> = {
  log_loss: 'Log-loss (less is better)',
  log_loss_skill: 'Log-loss skill against the constant',
  auc: 'Area under the ROC curve',
  average_precision: 'Average precision',
  brier: 'Brier score (less is better)',
  calibration_error: 'Expected calibration error',
  recall_at_review: 'Recall at 0.5 % reviewed',
  precision_at_review: 'Precision at 0.5 % reviewed',
  net_value_dr: 'Net value per attempt, doubly robust',
  net_value_effective_rows: 'Effective attempts of it',
  approval_dr: 'Approval, doubly robust',
  approval_effective_rows: 'Effective attempts of it',
}

export const measureName = (metric: string) => MEASURES[metric] ?? label(metric)

/** A measure as a person reads it: shares in percent, everything else to three digits. */
export function figure(metric: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING
  if (SHARES.has(metric)) return percent(value)
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(3)
}
