/** The reason of a dial's signal when this side gives the dial up, though nothing is wrong with it. */
export class Abandoned extends Error {
  override name = 'Abandoned'
}
