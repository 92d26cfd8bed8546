// SPDX-License-Identifier: Apache-2.0

/// Files of lines that are each ended by one line feed.
enum FileLines {
  /// At least one line, none empty, nothing after the last line feed.
  static func split(
    _ file: [UInt8], maximumBytes: Int, maximumLines: Int
  ) throws(ConsentError) -> [[UInt8]] {
    guard file.count <= maximumBytes else { throw .export(.tooLarge) }
    guard file.last == 0x0a else { throw .export(.lineEnds) }
    // Counted before anything is made of them: a line of two bytes costs an array, and a report, of hundreds.
    guard file.count(where: { $0 == 0x0a }) <= maximumLines else { throw .export(.tooLarge) }
    let lines = file.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
    guard lines.allSatisfy({ !$0.isEmpty }) else { throw .export(.lineEnds) }
    return lines.map(Array.init)
  }
}
