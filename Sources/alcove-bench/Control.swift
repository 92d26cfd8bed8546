// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// What the disk itself takes for one durable write: `fdatasync` after 4 KiB.
///
/// The same disk takes 0.2 ms when it is idle and 4 ms beside a compiler, so a figure of durable writes
/// means nothing without this one from before and after.
struct FlushControl {
  let directory: String

  /// The median over many flushes.
  func measure(rounds: Int = 300) -> Duration {
    let path = directory + "/flush-control"
    let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { return .zero }
    defer {
      close(file)
      _ = unsafe unlink(path)
    }
    let block = [UInt8](repeating: 0x5A, count: 4096)
    var times: [Duration] = []
    for round in 0..<rounds {
      let start = ContinuousClock.now
      // One place after another in a small file: an overwrite, as in a log that has its length.
      _ = unsafe pwrite(file, block, block.count, off_t(round % 64 * block.count))
      fdatasync(file)
      times.append(ContinuousClock.now - start)
    }
    return times.sorted()[rounds / 2]
  }

  /// A figure and the control beside it.
  struct Steady<Figure> {
    let figure: Figure
    let control: Duration
    let discarded: Int
    let isSteady: Bool
  }

  /// Runs until the controls before and after differ by at most 30 %, at most `attempts` times.
  func steadily<Figure>(
    attempts: Int = 4, _ body: () throws -> Figure
  ) rethrows -> Steady<Figure> {
    var discarded = 0
    while true {
      let before = measure()
      let figure = try body()
      let after = measure()
      let isSteady = max(before, after) <= min(before, after) * 1.3
      if isSteady || discarded + 1 >= attempts {
        return Steady(
          figure: figure, control: (before + after) / 2, discarded: discarded, isSteady: isSteady)
      }
      discarded += 1
    }
  }
}

extension FlushControl.Steady {
  /// How the run went, for a column of its own.
  var note: String {
    isSteady ? (discarded == 0 ? "steady" : "steady, \(discarded) discarded") : "UNSTEADY"
  }
}
