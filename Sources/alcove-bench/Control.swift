// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Primitives

/// What the disk itself takes for one durable write, `fdatasync` after 4 KiB, and a core for one signature.
///
/// The same disk takes 0.2 ms when it is idle and 4 ms beside a compiler, and the same core signs in 17 us or,
/// while its other half is somebody else's, in 40: a figure means nothing without these from before and after.
struct Control {
  struct Reading {
    let flush: Duration
    /// The processor's time for an Ed25519 signature.
    let signature: Duration

    /// How much slower the core was than those that the targets were set for, and at least 1.
    var slowness: Double { max(1, signature / .microseconds(17)) }

    fileprivate func isLike(_ other: Reading) -> Bool {
      max(flush, other.flush) <= min(flush, other.flush) * 1.3
        && max(signature, other.signature) <= min(signature, other.signature) * 1.3
    }
  }

  let directory: String

  func measure() -> Reading { Reading(flush: flush(), signature: PrimitiveControl.signature()) }

  /// The median over many flushes.
  private func flush(rounds: Int = 300) -> Duration {
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
    let control: Reading
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
      let isSteady = before.isLike(after)
      if isSteady || discarded + 1 >= attempts {
        let control = Reading(
          flush: (before.flush + after.flush) / 2,
          signature: (before.signature + after.signature) / 2)
        return Steady(
          figure: figure, control: control, discarded: discarded, isSteady: isSteady)
      }
      discarded += 1
    }
  }
}

extension Control.Steady {
  /// How the run went, for a column of its own.
  var note: String {
    isSteady ? (discarded == 0 ? "steady" : "steady, \(discarded) discarded") : "UNSTEADY"
  }
}
