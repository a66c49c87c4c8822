#include "datacenter/kv_mover.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "datacenter/actor_clock.hpp"
#include "datacenter/kv_transfers.hpp"

namespace idlewatt {
namespace {

class KvMover {
 public:
  explicit KvMover(const ControlRoom& room) : room_(room), transfers_(room.cluster.transfers()) {}

  void look(Ticks now) {
    room_.cluster.settle(now);
    while (std::optional<KvFlow> flow = transfers_->next_flow(now)) {
      send(std::move(*flow), now);
    }
  }

  Ticks due() const { return transfers_->due(); }

 private:
  void send(KvFlow&& flow, Ticks now) {
    const auto clock = std::make_shared<ActorClock>(room_.site, room_.clock, now);
    act(room_.site, "kv cache", clock, [this, flow = std::move(flow)](ActorClock& own) {
      std::vector<SimulatedSite::Flow> flows;
      for (const KvPiece& piece : flow.pieces) {
        flows.push_back({piece.from, piece.to, piece.bytes});
      }
      own.transfer([&](SimulatedSite& site) { site.send(flows); });
      room_.cluster.settle(own.now());
      transfers_->arrive(flow.number, own.now());
    });
  }

  ControlRoom room_;
  KvTransfers* transfers_;
};

}  // namespace

void add_kv_mover(const ControlRoom& room) {
  if (room.cluster.transfers() == nullptr) {
    return;
  }
  const auto mover = std::make_shared<KvMover>(room);
  const auto clock = std::make_shared<ActorClock>(room.site, room.clock, 0);
  room.site.before_waiting([mover, clock, room] {
    if (clock->bring_forward(mover->due())) {
      room.site.ring(Bell::kv_mover);
    }
    room.site.ring_if_before(room.clock.next(), Bell::traffic);
  });
  act(room.site, "kv mover", clock, [room, mover](ActorClock& own) {
    while (own.now() < room.scenario.horizon) {
      mover->look(own.now());
      own.sleep_until_due(Bell::kv_mover, [&] { return std::min(mover->due(), room.scenario.horizon); });
    }
  });
}

}  // namespace idlewatt
