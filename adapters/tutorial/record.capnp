@0xc25f80a6e1d7943b;
# A vending machine: the smallest scenario that moves money. docs/adding-a-scenario.md walks
# through it.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::tutorial");

struct SaleRecord {
  id @0 :Text;
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    sale @3 :Sale;
  }
}

struct Sale {
  number @0 :Text;    # the business key: one sale, one payment
  buyer @1 :Text $Event.required;
  machine @2 :Text $Event.required;
  amount :group $Event.required {
    minor @3 :Int64;
    currency @4 :UInt16 $Event.currency;
  }
}
