/**
 * Does the same with each of several things, a few of them at a time.
 *
 * @param things - they are begun in this order
 * @param atOnce - how many are under way at the same time
 * @param run - what to do with one
 * @returns the results, each as soon as it is there
 * @throws what `run` throws first
 */
export async function* sideBySide<Thing, Result>(
  things: Thing[],
  atOnce: number,
  run: (thing: Thing) => Promise<Result>,
): AsyncGenerator<Result> {
  const underWay = new Map<number, Promise<{ index: number; result: Result }>>()
  let begun = 0
  for (;;) {
    for (const thing of things.slice(begun, begun + atOnce - underWay.size)) {
      const index = begun++
      underWay.set(
        index,
        run(thing).then((result) => ({ index, result })),
      )
    }
    if (underWay.size === 0) return
    const { index, result } = await Promise.race(underWay.values())
    underWay.delete(index)
    yield result
  }
}
