import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import type { ReactNode } from 'react'
import { useEffect, useRef } from 'react'

import { Dialog } from '@/parts/dialog'
import { RANGES } from '@/scope/choices'
import { useScope } from '@/scope/use-scope'

import { PLACES } from './places'
import { setTheme } from './theme'

const ITEM = 'flex h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-[13px] data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent-ink'

/** Everything one can go to or do, by typing a part of its name. */
export function Palette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate()
  const { change } = useScope()
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => field.current?.focus(), []) // after the dialog has opened, which gives the focus to the list
  const doing = (act: () => unknown) => () => {
    onClose()
    void act()
  }
  return (
    <Dialog open onClose={onClose} title="Go to or do" shape="palette">
      <Command label="Go to or do" className="flex max-h-[60vh] flex-col">
      <Command.Input ref={field} placeholder="Go to a page, set a range…" className="h-12 w-full border-b bg-transparent px-4 text-[15px] outline-none placeholder:text-ink-3" />
      <Command.List className="overflow-auto p-2">
        <Command.Empty className="px-3 py-6 text-center text-ink-3">Nothing has this name.</Command.Empty>
        <Group heading="Pages">
          {PLACES.map((place) => (
            <Command.Item key={place.to} value={`${place.name} ${place.says}`} onSelect={doing(() => navigate({ to: place.to }))} className={ITEM}>
              <place.icon aria-hidden size={16} />
              <span>{place.name}</span>
              <span className="truncate text-xs text-ink-3">{place.says}</span>
            </Command.Item>
          ))}
        </Group>
        <Group heading="Range">
          {RANGES.map(([key, name]) => (
            <Command.Item key={key} value={`${name} ${key}`} onSelect={doing(() => change({ range: key, from: undefined, to: undefined }))} className={ITEM}>
              {name}
            </Command.Item>
          ))}
        </Group>
        <Group heading="This application">
          <Command.Item onSelect={doing(() => setTheme('dark'))} className={ITEM}>
            Dark theme
          </Command.Item>
          <Command.Item onSelect={doing(() => setTheme('light'))} className={ITEM}>
            Light theme
          </Command.Item>
          <Command.Item onSelect={doing(() => navigator.clipboard.writeText(location.href))} className={ITEM}>
            Copy the address of what is shown
          </Command.Item>
        </Group>
      </Command.List>
    </Command>
    </Dialog>
  )
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group heading={heading} className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3">
      {children}
    </Command.Group>
  )
}
