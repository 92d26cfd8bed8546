// SPDX-License-Identifier: Apache-2.0

/// What a person sees, whole; times, links and keys stand for themselves.
enum Transcripts {
  static let help = """

    """
}
