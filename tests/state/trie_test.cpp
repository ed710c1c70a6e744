#include "state/trie.hpp"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>

#include "base/hex.hpp"
#include "crypto/keccak.hpp"
#include "state/state_view.hpp"
#include "state/trie_node.hpp"
#include "tests/fixtures.hpp"

namespace cairn::state {
namespace {

using Pairs = std::vector<std::pair<Bytes, Bytes>>;

Hash256 root_of_map(const std::map<Bytes, Bytes>& map) {
  return root_of_sorted(Pairs(map.begin(), map.end()));
}

// A trie kept as nodes by path, checked after each update against a rebuild: root and nodes.
class KeptTrie {
 public:
  void update(const std::map<Hash256, std::optional<Bytes>>& changes) {
    const auto read = [&](const Path& path) -> std::optional<Bytes> {
      const auto found = nodes_.find(path);
      return found == nodes_.end() ? std::nullopt : std::optional{found->second};
    };
    TrieUpdate update = update_trie(read, root_, changes);
    root_ = update.root;
    for (auto& [path, node] : update.nodes) {
      if (node) {
        nodes_[path] = *std::move(node);
      } else {
        ASSERT_EQ(nodes_.erase(path), 1U) << "removes a node that was never there";
      }
    }
    for (const auto& [key, value] : changes) {
      pairs_.erase(base::to_bytes(key));
      if (value) {
        pairs_[base::to_bytes(key)] = *value;
      }
    }
  }

  void check() const {
    ASSERT_EQ(root_, root_of_map(pairs_));
    std::map<Path, Bytes> reachable;
    if (root_ != types::kEmptyTrieRoot) {
      reachable[{}] = nodes_.at({});
      collect({}, nodes_.at({}), reachable);
    }
    ASSERT_EQ(nodes_, reachable) << "stored nodes are exactly those of the trie";
  }

  Hash256 root() const { return root_; }
  const std::map<Bytes, Bytes>& pairs() const { return pairs_; }
  std::map<Path, Bytes>& nodes() { return nodes_; }

 private:
  void collect(const Path& at, BytesView bytes, std::map<Path, Bytes>& out) const {
    const DecodedNode node = decode_node(bytes);
    const auto visit = [&](const ChildRef& ref, Path path) {
      if (ref.is_embedded()) {
        collect(path, ref.rlp(), out);
      } else if (ref.is_hash()) {
        const Bytes& child = nodes_.at(path);
        ASSERT_EQ(crypto::keccak256(child), ref.hash());
        out[path] = child;
        collect(path, child, out);
      }
    };
    Path path = at;
    if (node.kind == DecodedNode::Kind::extension) {
      base::append(path, node.path);
      visit(node.child, path);
    } else if (node.kind == DecodedNode::Kind::branch) {
      path.push_back(0);
      for (std::uint8_t i = 0; i < 16; ++i) {
        path.back() = i;
        visit(node.children[i], path);
      }
    }
  }

  Hash256 root_ = types::kEmptyTrieRoot;
  std::map<Path, Bytes> nodes_;
  std::map<Bytes, Bytes> pairs_;
};

// TrieTests: text, or hexadecimal where it begins with 0x.
Bytes bytes_of_fixture(std::string_view text) {
  if (text.starts_with("0x")) {
    return base::from_hex(text).value();
  }
  return base::to_bytes(base::bytes_of(text));
}

struct TrieCase {
  std::string name;
  std::vector<std::pair<Bytes, std::optional<Bytes>>> changes;  // in order
  Hash256 root;
};

std::vector<TrieCase> read_cases(const std::filesystem::path& file) {
  simdjson::dom::parser parser;
  std::vector<TrieCase> out;
  const auto add = [](TrieCase& to, std::string_view key, simdjson::dom::element value) {
    to.changes.emplace_back(bytes_of_fixture(key),
                            value.is_null()
                                ? std::nullopt
                                : std::optional{bytes_of_fixture(value.get_string().value())});
  };
  const simdjson::dom::object cases = parser.load(file.string()).get_object();
  for (const auto& [name, test] : cases) {
    TrieCase& one = out.emplace_back();
    one.name = name;
    if (const auto in = test["in"]; in.is_object()) {
      const simdjson::dom::object pairs = in.get_object();
      for (const auto& [key, value] : pairs) {
        add(one, key, value);
      }
    } else {
      const simdjson::dom::array pairs = in.get_array();
      for (const auto pair : pairs) {
        add(one, pair.at(0).get_string().value(), pair.at(1).value());
      }
    }
    one.root = base::fixed_from_hex<32>(test["root"].get_string().value()).value();
  }
  return out;
}

TEST(Trie, HasTheOfficialRoots) {
  CAIRN_FIXTURES_OR_SKIP(root);
  std::size_t run = 0;
  for (const std::string file : {"trietest", "trieanyorder", "trietest_secureTrie",
                                 "trieanyorder_secureTrie", "hex_encoded_securetrie_test"}) {
    const bool secure = file.contains("secure");
    for (const TrieCase& one : read_cases(root / "ethereum-tests/TrieTests" / (file + ".json"))) {
      SCOPED_TRACE(file + " " + one.name);
      std::map<Bytes, Bytes> map;
      KeptTrie kept;
      for (const auto& [plain, value] : one.changes) {
        const Hash256 hashed = crypto::keccak256(plain);
        const Bytes key = secure ? base::to_bytes(hashed) : plain;
        map.erase(key);
        if (value) {
          map[key] = *value;
        }
        if (secure) {
          kept.update({{hashed, value}});
        }
      }
      EXPECT_EQ(root_of_map(map), one.root);
      if (secure) {
        kept.check();
        EXPECT_EQ(kept.root(), one.root);
      }
      ++run;
    }
  }
  EXPECT_GT(run, 0U);
}

TEST(Trie, OrderedRootIsThatOfItemsByTheirIndex) {
  for (const std::size_t count : {0, 1, 2, 127, 128, 129, 300}) {
    std::vector<Bytes> items;
    std::map<Bytes, Bytes> map;
    for (std::size_t i = 0; i < count; ++i) {
      items.emplace_back(1 + i % 60, static_cast<std::uint8_t>(i | 1));
      const Bytes key = i == 0    ? Bytes{0x80}
                        : i < 128 ? Bytes{static_cast<std::uint8_t>(i)}
                        : i < 256 ? Bytes{0x81, static_cast<std::uint8_t>(i)}
                                  : Bytes{0x82, 1, static_cast<std::uint8_t>(i)};
      map[key] = items.back();
    }
    EXPECT_EQ(ordered_root(items), root_of_map(map)) << count;
  }
}

// Keys that share long prefixes in both directions, so that branches, extensions and nodes shorter
// than 32 bytes come and go at every depth.
Hash256 clustered_key(std::mt19937_64& random) {
  Hash256 key;
  const std::size_t free = random() % 4;
  for (std::size_t i = 0; i < free; ++i) {
    key[random() % 3] = static_cast<std::uint8_t>((random() % 3) * 0x11);
    key[31 - random() % 3] = static_cast<std::uint8_t>(random() % 20);
  }
  return key;
}

TEST(Trie, UpdatesEqualARebuild) {
  for (std::uint64_t seed = 1; seed <= 60 && !HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    KeptTrie trie;
    for (int round = 0; round < 150 && !HasFailure(); ++round) {
      std::map<Hash256, std::optional<Bytes>> changes;
      const bool shrinking = round % 30 > 20;
      for (std::uint64_t i = random() % 12; i > 0; --i) {
        const Hash256 key =
            seed % 2 == 0 ? clustered_key(random)
                          : crypto::keccak256(Bytes{static_cast<std::uint8_t>(random() % 200)});
        changes[key] = random() % 10 < (shrinking ? 9U : 2U)
                           ? std::nullopt
                           : std::optional{Bytes(1 + random() % (seed % 3 == 0 ? 40 : 2),
                                                 static_cast<std::uint8_t>(random() | 1))};
      }
      if (random() % 40 == 0) {  // everything goes
        for (const auto& [key, value] : trie.pairs()) {
          changes[Hash256::from_right(key)] = std::nullopt;
        }
      }
      trie.update(changes);
      trie.check();
    }
  }
}

TEST(Trie, ChangesThatChangeNothingTouchNoNode) {
  std::map<Path, Bytes> nodes;
  const Hash256 key = crypto::keccak256(Bytes{1});
  const auto read = [&](const Path& path) { return std::optional{nodes.at(path)}; };
  const TrieUpdate first = update_trie(read, types::kEmptyTrieRoot, {{key, Bytes{7}}});
  nodes[{}] = first.nodes.at({}).value();
  const TrieUpdate same =
      update_trie(read, first.root, {{key, Bytes{7}}, {crypto::keccak256(Bytes{2}), std::nullopt}});
  EXPECT_EQ(same.root, first.root);
  EXPECT_TRUE(same.nodes.empty());
}

TEST(Trie, FaultsOnNodesOfAnotherTrie) {
  KeptTrie trie;
  trie.update({{crypto::keccak256(Bytes{1}), Bytes{7}}, {crypto::keccak256(Bytes{2}), Bytes{8}}});
  const Hash256 key = crypto::keccak256(Bytes{1});
  const auto nothing = [](const Path&) { return std::optional<Bytes>(); };
  EXPECT_THROW(update_trie(nothing, trie.root(), {{key, std::nullopt}}), StateFault);
  const auto another = [](const Path&) { return std::optional{Bytes{0xc0}}; };
  EXPECT_THROW(update_trie(another, trie.root(), {{key, std::nullopt}}), StateFault);
  const auto root_only = [&](const Path& path) {
    return path.empty() ? std::optional{trie.nodes().at({})} : std::nullopt;
  };
  EXPECT_THROW(update_trie(root_only, trie.root(), {{key, Bytes{1}}}), StateFault);
}

}  // namespace
}  // namespace cairn::state
