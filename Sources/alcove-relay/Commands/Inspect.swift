// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RelayLog

struct Inspect: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Everything that the relay knows about its channels and what they were paid with.",
    discussion: """
      That is the claim, made visible: beside the envelopes and blobs themselves there is nothing else in \
      the store. With --json every hash is shown, and days are \
      counted from 1970-01-01. The arrival of an envelope is its place among those of all \
      channels: it tells which came one after the other, and never when.
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
    let count = summary.openChannels + summary.closedChannels
    try Console.line(
      "\(count) channel\(count == 1 ? "" : "s"); no names, no keys, no readable content")
    let relay = try SQLiteRelayStore.relay(path: home.store)
    var line = "incarnation \(relay.incarnation)"
    if let day = relay.lastDay { line += ", last day \(Self.date(day))" }
    if let day = relay.horizon {
      line += ", messages before \(Self.date(day)) may go where days to keep are set"
    }
    if relay.isRecovering { line += ", recovering" }
    try Console.line(line)
    let payments = Dictionary(grouping: postage) { $0.channel }
    try SQLiteRelayStore.knowledge(path: home.store) { channel in
      var lines = ["\nchannel \(channel.channel)  \(channel.class), \(channel.state)"]
      lines.append("  SHA-256 of the access token  \(channel.tokenHash)")
      lines.append("  SHA-256 of the turn secret   \(channel.turnHash)")
      lines.append("  head \(channel.head), chain \(channel.chain)")
      lines.append(
        "  \(channel.retired.count) turns, \(channel.envelopes) envelopes, \(channel.bytes / 1_024) KiB,"
          + " \(channel.blobCount) blobs, \(channel.blobBytes >> 20) MiB")
      for entry in channel.entries {
        let day = entry.day.map { Self.date($0) } ?? "body gone"
        let arrival = entry.arrival.map { ", arrival \($0)" } ?? ""
        lines.append(
          "  \(entry.seq)  \(entry.size / 1_024) KiB  \(day)\(arrival)  id \(entry.id)"
            + (entry.turns ? "  turned the lock" : ""))
      }
      for blob in channel.blobs {
        lines.append(
          "  blob \(blob.id)  \(blob.state), \(blob.parts.count) MiB, \(Self.date(blob.day))")
      }
      for token in payments[channel.channel] ?? [] {
        lines.append("  paid for with token \(token.nonce), which says nothing about its holder")
      }
      try Console.line(lines.joined(separator: "\n"))
    }
    if let others = payments[nil]?.count {
      try Console.line("\n\(others) tokens spent on more time, or on channels that are forgotten")
    }
  }

  /// A day since 1970 as a date.
  private static func date(_ day: some BinaryInteger) -> String {
    Date(timeIntervalSince1970: Double(day) * 86_400).formatted(.iso8601.year().month().day())
  }

  private func printJSON(_ home: RelayHome, _ postage: [PostageKnowledge]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try Console.put(#"{"channels":["#)
    var separator = ""
    try SQLiteRelayStore.knowledge(path: home.store) { channel in
      try Console.put(
        separator + String(decoding: try encoder.encode(channel), as: UTF8.self))
      separator = ","
    }
    let spent = String(decoding: try encoder.encode(postage), as: UTF8.self)
    let relay = String(
      decoding: try encoder.encode(try SQLiteRelayStore.relay(path: home.store)), as: UTF8.self)
    try Console.put(#"],"postage":\#(spent),"relay":\#(relay),"type":"inspect","v":1}"# + "\n")
  }
}
