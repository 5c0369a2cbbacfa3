/** A module has tried what none may: the message says what, `help` what to do instead. */
export class Refusal extends Error {
  readonly help: string

  constructor(message: string, help: string) {
    super(message)
    this.help = help
  }

  static exit(this: void): never {
    throw new Refusal('tries to end the process', 'Throw an Error that says what is wrong')
  }

  static timer(this: void): never {
    throw new Refusal(
      'puts something off until later, and a template is not made in steps',
      'Compute the value at once: a template depends on nothing but its source',
    )
  }
}
