import type { Option } from '@/charts/base'
import type { Ink } from '@/charts/ink'

import { axes } from './axes'
import type { Frame } from './frame'
import { heatmap, map, pie, sankey, scatter } from './shapes'

type Draw = (frame: Frame, ink: Ink) => Option

/** Which picture draws which kind of widget: the one mapping from a dashboard file to a chart. */
export const PICTURES: Readonly<Record<string, Draw>> = {
  bar: axes,
  line: axes,
  area: axes,
  combo: axes,
  histogram: axes,
  pie,
  scatter,
  heatmap,
  sankey,
  'choropleth-map': map,
}
