import { ChevronDown } from 'lucide-react'

import type { Chip, ChipChoice } from '@/api/generated'
import { Menu } from '@/parts/menu'
import { PopoverClose } from '@/parts/popover'

const LOOK = 'inline-flex h-7 items-center gap-1 rounded-full border px-2.5 text-xs text-ink-2'

/** What an answer assumed; a chip with other choices opens them, and a choice asks again. */
export function Chips({ chips, onChoose }: { chips: readonly Chip[]; onChoose: (choice: ChipChoice) => void }) {
  return (
    <ul aria-label="What was assumed" className="flex flex-wrap gap-1.5">
      {chips.map((chip) => (
        <li key={`${chip.about} ${chip.label}`}>
          {chip.choices.length === 0 ? (
            <span className={LOOK}>{chip.label}</span>
          ) : (
            <Menu
              label={`Other than ${chip.label}`}
              trigger={
                <button type="button" className={`${LOOK} bg-card hover:border-line-strong hover:text-ink`}>
                  {chip.label}
                  <ChevronDown aria-hidden size={12} />
                </button>
              }
            >
              {chip.choices.map((choice) => (
                <PopoverClose key={choice.label} onClick={() => onChoose(choice)} className="flex h-8 w-full items-center rounded-md px-2 text-left text-[13px] hover:bg-page">
                  {choice.label}
                </PopoverClose>
              ))}
            </Menu>
          )}
        </li>
      ))}
    </ul>
  )
}
