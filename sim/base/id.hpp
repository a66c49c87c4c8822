// Ids: numbers that name things. Each kind of thing has its own type of id, so a server's id cannot pass for a
// pool's.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace idlewatt {

/// The place of a thing among all of its kind, counted from 0. Ids of different tags neither compare nor convert.
template <class Tag, class Number = std::int32_t>
class Id {
 public:
  constexpr Id() = default;
  /// Requires a number that `Number` holds.
  template <std::integral Given>
  constexpr explicit Id(Given value) : value_(static_cast<Number>(value)) {}

  /// The number, for a file or a message.
  constexpr Number value() const { return value_; }
  /// The number as the index of a vector. Requires an id that names a thing.
  constexpr std::size_t index() const { return static_cast<std::size_t>(value_); }

  constexpr auto operator<=>(const Id&) const = default;

 private:
  Number value_ = 0;
};

using StreamId = Id<struct StreamTag>;            ///< place in Scenario.traffic
using PoolId = Id<struct PoolTag>;                ///< place in Scenario.pools
using ReplicaId = Id<struct ReplicaTag>;          ///< number within its pool
using ServerId = Id<struct ServerTag>;            ///< place in Fleet::servers()
using RackId = Id<struct RackTag>;                ///< place in Fleet::racks()
using AcceleratorId = Id<struct AcceleratorTag>;  ///< place within its server

/// A vector whose index is an id: `servers[ServerId(3)]`.
template <class Key, class Value>
class IndexedVector {
 public:
  using value_type = Value;

  IndexedVector() = default;
  explicit IndexedVector(std::size_t size) : values_(size) {}
  IndexedVector(std::size_t size, const Value& value) : values_(size, value) {}
  IndexedVector(std::initializer_list<Value> values) : values_(values) {}
  explicit IndexedVector(std::vector<Value> values) : values_(std::move(values)) {}

  // Requires an id below size().
  decltype(auto) operator[](Key key) { return values_[key.index()]; }
  decltype(auto) operator[](Key key) const { return values_[key.index()]; }

  /// Appends the value. Returns its id.
  Key add(Value value) {
    values_.push_back(std::move(value));
    return Key(values_.size() - 1);
  }

  void resize(std::size_t size, const Value& value = Value()) { values_.resize(size, value); }
  void clear() { values_.clear(); }

  std::size_t size() const { return values_.size(); }
  bool empty() const { return values_.empty(); }
  auto begin() { return values_.begin(); }
  auto end() { return values_.end(); }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }
  auto rbegin() const { return values_.rbegin(); }
  auto rend() const { return values_.rend(); }
  decltype(auto) front() { return values_.front(); }
  decltype(auto) front() const { return values_.front(); }
  decltype(auto) back() { return values_.back(); }
  decltype(auto) back() const { return values_.back(); }

  /// The ids of all elements, in order, for a range-based for.
  class Ids {
   public:
    class Iterator {
     public:
      explicit Iterator(std::size_t index) : index_(index) {}
      Key operator*() const { return Key(index_); }
      Iterator& operator++() {
        ++index_;
        return *this;
      }
      bool operator!=(const Iterator& other) const { return index_ != other.index_; }

     private:
      std::size_t index_;
    };
    explicit Ids(std::size_t size) : size_(size) {}
    Iterator begin() const { return Iterator(0); }
    Iterator end() const { return Iterator(size_); }

   private:
    std::size_t size_;
  };
  Ids ids() const { return Ids(values_.size()); }
  /// The values without their ids, for loops that need no id.
  const std::vector<Value>& values() const { return values_; }

 private:
  std::vector<Value> values_;
};

}  // namespace idlewatt
