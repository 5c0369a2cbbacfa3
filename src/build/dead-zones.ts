/**
 * A bundle in which what stands at the top level of a module can't be used before it is declared. esbuild writes `var`
 * for `const`, `let` and `class`, since a browser is slow with these (https://github.com/evanw/esbuild/issues/3577): a
 * condition that is declared too far down, or in a circle of imports, would be `undefined`, and the resource that it
 * stands at would be made unconditionally.
 */
export function withDeadZones(code: string, mappings: string): string {
  const mapped = mappings.split(';')
  const lines = code.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('var ') && !isHoisted.test(line) && isDeclaration.test(mapped[index] ?? '')) {
      lines[index] = `let${line.slice(3)}`
    }
  }
  return lines.join('\n')
}

/** A mapping at the word and one at the name, four columns on. A text of several lines has no mapping inside. */
const isDeclaration = /^A[^,]*,I/

/** Imports, which are there before all else, and enums, which refer to themselves. */
const isHoisted = / = (?:(?:__toESM\()?require\(|\/\* @__PURE__ \*\/ \(\(\w+\) => \{$)/
