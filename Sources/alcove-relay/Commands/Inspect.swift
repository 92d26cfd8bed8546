// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Everything that the relay knows about its channels and what they were paid with.",
    discussion: """
      That is the claim, made visible: beside the envelopes and blobs themselves there is nothing else in \
      the store. With --json every hash is shown.
      """)

  @OptionGroup var options: CommonOptions

  func run() async throws {
    try await Failure.reported(options) {
      let home = RelayHome(options)
      _ = try home.identity()
      let postage = try SQLiteRelayStore.postage(path: home.store)
      if options.json {
        try printJSON(home, postage)
      } else {
        try printText(home, postage)
      }
    }
  }

  private func printText(_ home: RelayHome, _ postage: [PostageKnowledge]) throws {
    let summary = try SQLiteRelayStore.summary(path: home.store)
    print(
      "\(summary.openChannels + summary.closedChannels) channels; no names, no keys, no readable content"
    )
    let payments = Dictionary(grouping: postage) { $0.channel }
    try SQLiteRelayStore.knowledge(path: home.store) { channel in
      print("\nchannel \(channel.channel)  \(channel.class), \(channel.state)")
      print("  SHA-256 of the access token  \(channel.tokenHash)")
      print("  SHA-256 of the turn secret   \(channel.turnHash)")
      print("  head \(channel.head), chain \(channel.chain)")
      print("  \(channel.retired.count) turns, \(channel.bytes / 1_024) KiB")
      for entry in channel.entries {
        let day = entry.day.map { "day \($0)" } ?? "body gone"
        print(
          "  \(entry.seq)  \(entry.size / 1_024) KiB  \(day)  id \(entry.id)"
            + (entry.turns ? "  turned the lock" : ""))
      }
      for blob in channel.blobs {
        print("  blob \(blob.id)  \(blob.state), \(blob.parts.count) MiB, day \(blob.day)")
      }
      for token in payments[channel.channel] ?? [] {
        print("  paid for with token \(token.nonce), which says nothing about its holder")
      }
    }
    if let others = payments[nil]?.count {
      print("\n\(others) tokens spent on more time, or on channels that are forgotten")
    }
  }

  private func printJSON(_ home: RelayHome, _ postage: [PostageKnowledge]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    print(#"{"channels":["#, terminator: "")
    var separator = ""
    try SQLiteRelayStore.knowledge(path: home.store) { channel in
      print(
        separator + String(decoding: try encoder.encode(channel), as: UTF8.self), terminator: "")
      separator = ","
    }
    let spent = String(decoding: try encoder.encode(postage), as: UTF8.self)
    print(#"],"postage":\#(spent),"type":"inspect","v":1}"#)
  }
}
