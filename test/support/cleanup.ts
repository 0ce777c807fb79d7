import { afterAll, onTestFinished } from 'vitest'

type Undo = () => unknown

const leftOver: Undo[] = []

/**
 * Undoes something when the current test ends, or, outside of a test (`beforeAll`), when the file does.
 *
 * @param undo - stops a process, closes a server, removes a folder
 */
export function cleanUp(undo: Undo): void {
  try {
    onTestFinished(async () => {
      await undo()
    })
  } catch {
    leftOver.push(undo)
  }
}

afterAll(async () => {
  for (const undo of leftOver.splice(0).reverse()) await undo()
})
