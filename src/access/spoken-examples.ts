import { type JsonObject, member } from '../document.ts'

/** Values that a parameter's author gives as examples: `such as us-east-1_a1B2c3D4e`. */
export function spokenExamples(declaration: JsonObject): readonly string[] {
  const texts = ['ConstraintDescription', 'Description'].map(key => String(member(declaration, key) ?? ''))
  return texts.flatMap(text => {
    const found = [...text.matchAll(/(?:such as|e\.g\.|for example,?|for instance,?) ([^\s]+)/g)]
    return found.map(([, value = '']) => value.replace(/[,;:).]+$/, ''))
  })
}
