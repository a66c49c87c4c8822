// A first-in first-out queue on one ring of memory, so that a short queue stays in the same few cache lines.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace idlewatt {

/// A queue that allocates only when it grows. (std::deque allocates a chunk for every few elements that pass
/// through.)
template <class T>
class RingQueue {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }

  T& front() { return ring_[first_]; }
  const T& front() const { return ring_[first_]; }
  /// The element `i` places behind the front. Requires i < size().
  T& operator[](std::size_t i) { return ring_[wrapped(first_ + i)]; }

  void push_back(T&& value) {
    grow_if_full();
    ring_[wrapped(first_ + size_)] = std::move(value);
    ++size_;
  }
  void push_front(T&& value) {
    grow_if_full();
    first_ = wrapped(first_ + mask_);
    ring_[first_] = std::move(value);
    ++size_;
  }
  /// Takes out the element `i` places behind the front; the elements before it move up. Requires i < size().
  T take(std::size_t i) {
    T taken = std::move((*this)[i]);
    for (; i > 0; --i) {
      (*this)[i] = std::move((*this)[i - 1]);
    }
    pop_front();
    return taken;
  }
  void pop_front() {
    ring_[first_] = T{};
    drop_front();
  }
  /// Removes an element that was moved from: its place keeps what is left of it until another element comes.
  void drop_front() {
    --size_;
    first_ = size_ == 0 ? 0 : wrapped(first_ + 1);
  }

 private:
  std::size_t wrapped(std::size_t i) const { return i & mask_; }

  void grow_if_full() {
    if (size_ <= mask_ && !ring_.empty()) {
      return;
    }
    std::vector<T> larger(ring_.empty() ? 2 : 2 * ring_.size());
    for (std::size_t i = 0; i < size_; ++i) {
      larger[i] = std::move(ring_[wrapped(first_ + i)]);
    }
    ring_ = std::move(larger);
    mask_ = ring_.size() - 1;
    first_ = 0;
  }

  std::vector<T> ring_;
  std::size_t mask_ = 0;  ///< ring_.size() - 1, and sizes are powers of two: the size itself takes a division
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace idlewatt
