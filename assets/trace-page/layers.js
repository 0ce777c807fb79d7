import { byId, element } from './text.js'
import { trace } from './trace.js'

/** @import {Layer} from '../../src/lib/inspect/layer.ts' */

/** The layers that are filtered out. @type {Set<Layer>} */
export const hiddenLayers = new Set()

/**
 * Makes a box to tick for each layer that the trace has events of.
 *
 * @param {() => void} onChange - called when `hiddenLayers` has changed
 */
export function offerLayers(onChange) {
  for (const layer of trace.layers) {
    const count = trace.events.filter((event) => event.layer === layer).length
    if (count === 0) continue
    const box = element('input')
    box.type = 'checkbox'
    box.checked = true
    box.value = layer
    box.addEventListener('change', () => {
      if (box.checked) hiddenLayers.delete(layer)
      else hiddenLayers.add(layer)
      onChange()
    })
    const label = element('label')
    label.append(box, `${layer} (${count})`)
    byId('layers').append(label)
  }
}
