// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A table in plain text: the first column left, the others right.
struct FigureTable {
  private var rows: [[String]]

  init(_ titles: String...) { rows = [titles] }

  mutating func add(_ cells: String...) { add(cells) }

  mutating func add(_ cells: [String]) { rows.append(cells) }

  func print() {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    for (index, row) in rows.enumerated() {
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      Swift.print(cells.joined(separator: "  "))
      if index == 0 {
        Swift.print(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
      }
    }
    Swift.print("")
  }
}

/// A number with so many digits after the point.
func figure(_ value: Double, _ digits: Int = 1) -> String {
  let scale = pow(10.0, Double(digits))
  let rounded = (value * scale).rounded() / scale
  if digits == 0 { return String(Int(rounded)) }
  let parts = String(rounded).split(separator: ".")
  let fraction = parts.count > 1 ? String(parts[1].prefix(digits)) : ""
  return parts[0] + "." + fraction + String(repeating: "0", count: digits - fraction.count)
}

/// Whether a target is met, in a word.
func verdict(_ isMet: Bool) -> String { isMet ? "met" : "MISSED" }
