import { Moon, Sun } from 'lucide-react'
import { useState } from 'react'

import { IconButton } from '@/parts/button'

export type Theme = 'light' | 'dark'

export const currentTheme = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light')

export function setTheme(theme: Theme) {
  document.documentElement.dataset.theme = theme
  localStorage.setItem('theme', theme)
}

export function ThemeButton() {
  const [theme, show] = useState(currentTheme)
  const other = theme === 'dark' ? 'light' : 'dark'
  const Sign = theme === 'dark' ? Sun : Moon
  return (
    <IconButton
      name={`Use the ${other} theme`}
      className="size-8 border"
      onClick={() => {
        setTheme(other)
        show(other)
      }}
    >
      <Sign aria-hidden size={15} />
    </IconButton>
  )
}
