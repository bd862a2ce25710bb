import type { Geometry } from 'geojson'
import type { Topology } from 'topojson-specification'

type Engine = typeof import('./engine')

// Names of the map that differ from those the browser gives a country.
const OWN_NAMES: Record<string, string> = {
  'W. Sahara': 'EH',
  'United States of America': 'US',
  'Dem. Rep. Congo': 'CD',
  Congo: 'CG',
  'Dominican Rep.': 'DO',
  'Falkland Is.': 'FK',
  'Fr. S. Antarctic Lands': 'TF',
  "Côte d'Ivoire": 'CI',
  'Central African Rep.': 'CF',
  'Eq. Guinea': 'GQ',
  eSwatini: 'SZ',
  Palestine: 'PS',
  Myanmar: 'MM',
  Turkey: 'TR',
  'Solomon Is.': 'SB',
  'Bosnia and Herz.': 'BA',
  Macedonia: 'MK',
  'Trinidad and Tobago': 'TT',
  'S. Sudan': 'SS',
}

function codesByName(): Map<string, string> {
  const names = new Intl.DisplayNames('en', { type: 'region' })
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const codes = letters.flatMap((a) => letters.map((b) => a + b))
  // Codes of countries that are no more stand for their successors and would take their place.
  const current = codes.filter((code) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`)
  return new Map([...current.map((code) => [names.of(code) ?? code, code] as const), ...Object.entries(OWN_NAMES)])
}

let made: Promise<void> | undefined

/** Loads the map of the world once; a country is known by its two letters. */
export function prepareWorld(engine: Engine): Promise<void> {
  made ??= load(engine)
  return made
}

type Place = number[]

/** A coast that crosses the date line goes on beyond 180 degrees instead of jumping across the map. */
function unbroken(ring: Place[]): Place[] {
  const crosses = ring.some((place, n) => n > 0 && Math.abs((place[0] ?? 0) - (ring[n - 1]?.[0] ?? 0)) > 180)
  return crosses ? ring.map(([east = 0, north = 0]) => [east < 0 ? east + 360 : east, north]) : ring
}

function whole(shape: Geometry): Geometry {
  if (shape.type === 'Polygon') return { ...shape, coordinates: shape.coordinates.map(unbroken) }
  if (shape.type === 'MultiPolygon') return { ...shape, coordinates: shape.coordinates.map((rings) => rings.map(unbroken)) }
  return shape
}

async function load(engine: Engine): Promise<void> {
  const [{ feature }, atlas] = await Promise.all([import('topojson-client'), import('world-atlas/countries-110m.json')])
  const topology = atlas.default as unknown as Topology
  const countries = topology.objects.countries
  if (!countries) throw new Error('The map of the world has no countries.')
  const codes = codesByName()
  const shapes = feature(topology, countries)
  const features = 'features' in shapes ? shapes.features : [shapes]
  const named = features
    .filter((one) => one.properties?.name !== 'Antarctica')
    .map((one) => ({ ...one, geometry: whole(one.geometry), properties: { name: codes.get(String(one.properties?.name)) ?? String(one.properties?.name) } }))
  engine.registerMap('world', { type: 'FeatureCollection', features: named } as never)
}
