#include "bench/program.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace cairn::bench {
namespace {

namespace fs = std::filesystem;

struct Usage {
  std::string program;
  Words names;  // without brackets
  std::size_t least = 0;
};

Usage read_usage(std::string_view text) {
  std::istringstream in{std::string(text)};
  Usage out;
  in >> out.program;
  for (std::string name; in >> name;) {
    if (name.front() != '[') {
      ++out.least;
    }
    name.erase(name.find_last_not_of(']') + 1);
    name.erase(0, name.find_first_not_of('['));
    out.names.push_back(std::move(name));
  }
  return out;
}

void check(const std::string& name, const std::string& word) {
  const bool is_program = name == "CAIRN" || name == "ANVIL" || name == "GETH";
  if (is_program && (!fs::is_regular_file(word) || ::access(word.c_str(), X_OK) != 0)) {
    throw BadArgument(fmt::format("{}: there is no program '{}'", name, word));
  }
  if (name == "FIXTURES" && !fs::is_directory(word)) {
    throw BadArgument(fmt::format("{}: there is no folder '{}'", name, word));
  }
}

Words read_words(int argc, char** argv, const Usage& usage) {
  Words words(argv + 1, argv + argc);
  if (words.size() < usage.least || words.size() > usage.names.size()) {
    throw BadArgument("the number of words is wrong");
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    check(usage.names[i], words[i]);
  }
  return words;
}

class Folder {
 public:
  explicit Folder(fs::path path) : path_(std::move(path)) {
    const bool is_ours = !fs::exists(path_) || fs::exists(path_ / kMark) ||
                         (fs::is_directory(path_) && fs::is_empty(path_));
    if (!is_ours) {
      throw BadArgument(fmt::format("FOLDER: '{}' is there already", path_.string()));
    }
    fs::remove_all(path_);
    fs::create_directories(path_);
    std::ofstream(path_ / kMark) << "made by bench/, which removes it\n";
  }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const fs::path& path() const { return path_; }

 private:
  static constexpr std::string_view kMark = "BENCH";

  fs::path path_;
};

}  // namespace

int run_program(int argc, char** argv, std::string_view usage,
                const std::function<bool(const Words&)>& measure) {
  const Usage known = read_usage(usage);
  try {
    return measure(read_words(argc, argv, known)) ? 0 : 1;
  } catch (const BadArgument& bad) {
    fmt::print(stderr, "{}: {}\nusage: {}\n", known.program, bad.what(), usage);
    return 2;
  } catch (const std::exception& fault) {
    fmt::print(stderr, "{}: {}\n", known.program, fault.what());
    return 1;
  }
}

int run_in_folder(int argc, char** argv, std::string_view usage,
                  const std::function<bool(const Words&, const fs::path& folder)>& measure) {
  return run_program(argc, argv, usage, [&](const Words& words) {
    const Usage known = read_usage(usage);
    const auto at =
        static_cast<std::size_t>(std::ranges::find(known.names, "FOLDER") - known.names.begin());
    const Folder folder(at < words.size() ? words[at] : known.program + ".tmp");
    return measure(words, folder.path());
  });
}

int count_in(const Words& words, std::size_t index, int fallback) {
  if (index >= words.size()) {
    return fallback;
  }
  const std::string& word = words[index];
  int out = 0;
  const auto read = std::from_chars(word.data(), word.data() + word.size(), out);
  if (read.ec != std::errc{} || read.ptr != word.data() + word.size() || out < 1) {
    throw BadArgument(fmt::format("'{}' is not a number from 1 on", word));
  }
  return out;
}

double megabytes_of(const fs::path& folder) {
  double bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    bytes += entry.is_regular_file() ? static_cast<double>(entry.file_size()) : 0;
  }
  return bytes / 1e6;
}

}  // namespace cairn::bench
