#include "cli/chain_files.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <thread>

#include "base/clock.hpp"
#include "base/hex.hpp"
#include "chain/bad_blocks.hpp"
#include "chain/block_import.hpp"
#include "chain/export_check.hpp"
#include "cli/block_file.hpp"
#include "cli/data.hpp"
#include "cli/whole_file.hpp"
#include "types/genesis.hpp"

namespace cairn::cli {
namespace {

struct FileOptions {
  std::string config;
  std::string datadir = ".cairn";
  std::string genesis;  // export: a file to write it to
  std::optional<std::uint64_t> first;
  std::optional<std::uint64_t> last;
};

std::atomic<bool> stop_asked = false;  // NOLINT(*-avoid-non-const-global-variables): a signal's

// Ctrl-C ends an import between two blocks.
void stop_between_blocks() {
  const auto ask = [](int) { stop_asked = true; };
  std::signal(SIGINT, ask);
  std::signal(SIGTERM, ask);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit of file sizes is an error like a full disk
}

// On the error stream: a bar on a terminal, else a line, twice a second at most.
class Progress {
 public:
  ~Progress() {
    if (bar_) {
      fmt::print(stderr, "\n");
    }
  }

  // `fraction` of the file has been read.
  void tell(std::uint64_t number, std::uint64_t transactions, double fraction) {
    ++blocks_;
    transactions_ += transactions;
    const std::uint64_t now = clock_.steady_ms();
    if (now - told_ < kPause) {
      return;
    }
    told_ = now;
    const std::string said =
        fmt::format("block {}, {} transactions, {} blocks a second", number, transactions_,
                    blocks_ * 1000 / std::max<std::uint64_t>(now - start_, 1));
    if (!terminal_) {
      fmt::print(stderr, "{}\n", said);
      return;
    }
    constexpr double kWidth = 24;
    bar_ = true;
    fmt::print(stderr, "\r[{:<{}}] {:>3.0f} %  {}\x1b[K",
               std::string(static_cast<std::size_t>(fraction * kWidth), '#'),
               static_cast<int>(kWidth), fraction * 100, said);
  }

 private:
  static constexpr std::uint64_t kPause = 500;  // ms
  base::SystemClock clock_;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  bool bar_ = false;  // one stands on the terminal's line
  std::uint64_t start_ = clock_.steady_ms();
  std::uint64_t told_ = start_;
  std::uint64_t blocks_ = 0;
  std::uint64_t transactions_ = 0;
};

std::unexpected<Error> no_chain(const std::string& datadir) {
  return fail(ErrorCode::not_found,
              fmt::format("{} holds no chain: cairn init --genesis FILE makes one", datadir));
}

// Makes no folder where there is none.
Result<Data> open_existing(const std::string& datadir) {
  return holds_store(datadir) ? open_data(datadir, false) : no_chain(datadir);
}

Result<std::unique_ptr<chain::Chain>> open_chain(const Data& data, const std::string& datadir) {
  if (!chain::Chain::exists(*data.store)) {
    return no_chain(datadir);
  }
  CAIRN_TRY(const auto point, chain::Chain::fork_point_of(*data.store));
  if (point) {
    return fail(
        ErrorCode::unsupported,
        fmt::format("{} holds a fork of another node's chain: its state roots are of the local "
                    "changes alone, so no block of it can be executed elsewhere, or come from "
                    "there",
                    datadir));
  }
  return chain::Chain::open(data.store);
}

struct Counts {
  std::uint64_t added = 0;
  std::uint64_t known = 0;
  std::uint64_t beside = 0;  // the chain
};

// A whole block that is in its place and breaks a rule is one to look at (debug_getBadBlocks).
Result<void> keep_if_bad(chain::Chain& chain, BytesView block, const chain::RejectedBlock& why) {
  using execution::Refused;
  if (!why.refusal || why.refusal->code == Refused::malformed ||
      why.refusal->code == Refused::unknown_parent) {
    return {};
  }
  return chain::keep_bad_block(chain, block);
}

Result<void> import_file(const std::string& path, chain::Chain& chain,
                         chain::BlockImporter& importer, Progress& progress, Counts& counts) {
  CAIRN_TRY(BlockReader reader, BlockReader::open(path));
  CAIRN_TRY(auto next, reader.next());
  if (!next) {
    return fail(ErrorCode::malformed,
                fmt::format("{} is empty: it holds no block",
                            path == kStandardStream ? "standard input" : path));
  }
  while (next && !stop_asked) {
    const auto done = importer.add(*next);
    if (!done) {
      CAIRN_CHECK(keep_if_bad(chain, *next, done.error()));
      return fail(done.error().code, fmt::format("{}: {}", path, done.error().message));
    }
    if (*done == chain::BlockImporter::Outcome::known) {
      ++counts.known;
    } else if (*done == chain::BlockImporter::Outcome::beside) {
      ++counts.beside;
    } else {
      ++counts.added;
      const auto head = chain.head();
      progress.tell(head->number(), head->block_at(head->number())->block.transactions.size(),
                    reader.fraction());
    }
    CAIRN_TRY(next, reader.next());
  }
  return {};
}

Result<int> run_import(const FileOptions& options, const std::vector<std::string>& files) {
  if (files.empty()) {
    return fail(ErrorCode::invalid_argument, "import needs at least one FILE of blocks");
  }
  stop_between_blocks();
  CAIRN_TRY(const auto data, open_existing(options.datadir));
  CAIRN_TRY(const auto chain, open_chain(data, options.datadir));
  base::ThreadPool pool(std::max(1u, std::thread::hardware_concurrency()));
  chain::BlockImporter importer(*chain, pool);
  Counts counts;
  Result<void> result;
  {
    Progress progress;
    for (const std::string& file : files) {
      result = import_file(file, *chain, importer, progress, counts);
      if (!result || stop_asked) {
        break;
      }
    }
  }
  const auto head = chain->head();
  fmt::print("{} blocks added, {} were here{}; the chain ends at block {}, {}\n", counts.added,
             counts.known,
             counts.beside == 0 ? "" : fmt::format(", {} stand beside the chain", counts.beside),
             head->number(), base::to_hex(head->hash()));
  if (!result) {
    return std::unexpected(result.error());
  }
  if (stop_asked) {
    return fail(ErrorCode::conflict, "stopped; the same command goes on from here");
  }
  return 0;
}

// What is said of the file has no place in it.
bool is_piped(const std::string& path) {
  return path == kStandardStream || is_standard_output(path);
}

Result<void> write_blocks(const FileOptions& options, const chain::Chain& chain,
                          const std::string& path) {
  const auto head = chain.head();
  const std::uint64_t first = options.first.value_or(std::min<std::uint64_t>(1, head->number()));
  const std::uint64_t last = options.last.value_or(head->number());
  if (last == 0 && !options.first && head->number() > 0) {
    return fail(
        ErrorCode::invalid_argument,
        "--last 0: block 0 is genesis, and the first that is exported is block 1: want 1 or "
        "more; --genesis FILE writes genesis");
  }
  if (first > last || last > head->number()) {
    return fail(ErrorCode::invalid_argument, fmt::format("blocks {} to {}: this chain has 0 to {}",
                                                         first, last, head->number()));
  }
  CAIRN_TRY(const auto obstacle, chain::find_export_obstacle(chain, last));
  if (obstacle) {
    std::string sentence =
        fmt::format("this chain cannot be executed elsewhere from block {} on: {}", obstacle->block,
                    obstacle->reason);
    if (obstacle->block > first) {
      sentence += fmt::format("; --last {} exports what comes before", obstacle->block - 1);
    }
    return fail(ErrorCode::conflict, std::move(sentence));
  }
  CAIRN_TRY(BlockWriter writer, BlockWriter::create(path));
  for (std::uint64_t number = first; number <= last; ++number) {
    CAIRN_CHECK(writer.write(types::encode_block(head->block_at(number)->block)));
  }
  CAIRN_CHECK(writer.finish());
  const bool piped = is_piped(path);
  fmt::print(piped ? stderr : stdout, "blocks {} to {} in {}\n", first, last,
             piped ? "standard output" : path);
  return {};
}

Result<int> run_export(const FileOptions& options, const std::vector<std::string>& files) {
  if (files.size() > 1 || (files.empty() && options.genesis.empty())) {
    return fail(ErrorCode::invalid_argument, "export needs one FILE for the blocks, or --genesis");
  }
  CAIRN_TRY(const auto data, open_existing(options.datadir));
  CAIRN_TRY(const auto chain, open_chain(data, options.datadir));
  if (!options.genesis.empty()) {
    CAIRN_CHECK(
        write_whole(options.genesis, types::genesis_to_json(chain->head()->genesis()) + "\n"));
    const bool piped = is_piped(options.genesis) || std::ranges::any_of(files, is_piped);
    fmt::print(piped ? stderr : stdout, "genesis {} in {}\n",
               base::to_hex(chain->head()->header_at(0)->hash), options.genesis);
  }
  if (!files.empty()) {
    CAIRN_CHECK(write_blocks(options, *chain, files.front()));
  }
  return 0;
}

}  // namespace

Command import_command() {
  const auto o = std::make_shared<FileOptions>();
  return {"import",
          "Add the blocks of RLP files (also .gz; - is standard input) to a chain that cairn init "
          "has made; every block "
          "is executed and held to its header. Blocks that are there already are passed over",
          {{"config", "FILE", "TOML file with these options as keys", into(o->config)},
           {"datadir", "FOLDER", "where the chain is kept (.cairn)", into(o->datadir)}},
          "FILES",
          [o](const std::vector<std::string>& files) { return run_import(*o, files); }};
}

Command export_command() {
  const auto o = std::make_shared<FileOptions>();
  return {"export",
          "Write a chain's blocks into an RLP file (packed where its name ends in .gz; - is "
          "standard output), and its "
          "genesis, from which cairn init makes the same chain elsewhere",
          {{"config", "FILE", "TOML file with these options as keys", into(o->config)},
           {"datadir", "FOLDER", "where the chain is kept (.cairn)", into(o->datadir)},
           {"genesis", "FILE", "write genesis.json, in geth's format, too", into(o->genesis)},
           {"first", "N", "the first block (1)", into(o->first)},
           {"last", "N", "the last block (the head)", into(o->last)}},
          "FILE",
          [o](const std::vector<std::string>& files) { return run_export(*o, files); }};
}

}  // namespace cairn::cli
