import { useNavigate } from '@tanstack/react-router'
import { useEffect } from 'react'

import { PLACES } from './places'

type Acts = { openPalette: () => void; openHelp: () => void }

const typing = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Keys that work on every page: the palette, `g` and a letter to go somewhere, `/` to find, `?` for this list. */
export function useShortcuts({ openPalette, openHelp }: Acts) {
  const navigate = useNavigate()
  useEffect(() => {
    let going = 0
    const press = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        openPalette()
        return
      }
      if (typing(event.target) || event.metaKey || event.ctrlKey || event.altKey) return
      const place = Date.now() - going < 1200 ? PLACES.find((one) => one.key === event.key) : undefined
      if (place) {
        going = 0
        void navigate({ to: place.to })
      } else if (event.key === 'g') {
        going = Date.now()
      } else if (event.key === '/') {
        event.preventDefault()
        const field = document.querySelector<HTMLInputElement>('[data-find]')
        if (field) field.focus()
        else openPalette()
      } else if (event.key === '?') {
        openHelp()
      }
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [navigate, openPalette, openHelp])
}
