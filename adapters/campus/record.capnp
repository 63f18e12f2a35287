@0xf6a9afb1e7755ad2;
# What the bank's campus platform reports: the school's end, the parents' end and the cards' banks
# (domain A5.3). The first field of every step is the business key. No batch or payment number has a
# `/`: it joins them in the ledger's keys.

using Cxx = import "/capnp/c++.capnp";
using Event = import "/events/schema/event.capnp";
$Cxx.namespace("longmen::adapters::campus");

struct CampusRecord {
  id @0 :Text;                        # the sender's, at most 31 characters; repeat it to ask again
  occurredAt @1 :Int64 $Event.time;
  step :union $Event.flatten {
    none @2 :Void;
    bill @3 :NewBill;                # one line of a file that is taken line by line
    file @4 :File;                   # lines that are taken all or none
    publish @5 :Publish;             # the batch is complete: its bills may be paid in their window
    modify @6 :Modify;               # while nobody has paid
    voidBill @7 :VoidBill;
    remind @8 :Remind;               # everybody who has not paid: by SMS, through the outbox
    notified @9 :Notified;           # the SMS channel's receipt
    pay @10 :Pay;                    # a parent confirms: the card's bank is asked
    payment @11 :Payment;            # what a card's bank or its channel says
    refund @12 :Refund;              # the school gives back; a list of them is one record a line
    refundResult @13 :RefundResult;
    posting @14 :Posting;            # what was collected becomes the school's
    repost @15 :Repost;              # out of suspense, when the school's account is open again
    cost @16 :Cost;                  # of another bank's card, which the bank bears
  }
}

enum Column {
  # What a column of a school's file is.
  skip @0;
  number @1;
  student @2;
  item @3;
  amount @4;
}

struct Template {
  # How one school's files are read.
  name @0 :Text $Event.required;
  separator @1 :Text $Event.text;      # of one character; absent: a comma
  columns @2 :List(Column) $Event.required;
}

struct NewBill {
  number @0 :Text;                     # by which the parent finds it
  batch @1 :Text $Event.required;
  school @2 :Text $Event.required;     # the account it is collected for
  template @3 :Text $Event.required;
  line @4 :UInt32 $Event.required;     # of the file, from 1
  student @5 :Text $Event.required $Event.words(140);
  item @6 :Text $Event.required $Event.words(140);
  amount :group $Event.required {
    minor @7 :Int64;
    currency @8 :UInt16 $Event.currency;
  }
  opensAt @9 :Int64 $Event.time $Event.required;
  closesAt @10 :Int64 $Event.time $Event.required;
  studentToken @11 :Data;              # the door's, in the place of `student`
}

struct FileLine {
  number @0 :Text $Event.required;
  studentToken @1 :Data;
  item @2 :Text $Event.words(140);
  minor @3 :Int64;
}

struct File {
  batch @0 :Text;
  school @1 :Text $Event.required;
  template @2 :Template $Event.required;
  count @3 :UInt32 $Event.required;    # of the rows, and their sum, as the file says
  total :group $Event.required {
    minor @4 :Int64;
    currency @5 :UInt16 $Event.currency;
  }
  opensAt @6 :Int64 $Event.time $Event.required;
  closesAt @7 :Int64 $Event.time $Event.required;
  firstLine @8 :UInt32;                # of these rows in the file; absent: 1
  rows @9 :List(Text) $Event.required $Event.words(500);
  lines @10 :List(FileLine);           # the door's, in the place of `rows`
}

struct Publish {
  batch @0 :Text;
  school @1 :Text $Event.required;
  posting @2 :Event.PostingMode $Event.required;
  count @3 :UInt32 $Event.required;    # of the bills that were taken, and their sum
  total :group $Event.required {
    minor @4 :Int64;
    currency @5 :UInt16 $Event.currency;
  }
  scheme @6 :Text;                     # where the school's account is at another bank
}

struct Modify {
  number @0 :Text;
  amount :group {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  item @3 :Text $Event.words(140);
  reason @4 :Text $Event.words(140);
}

struct VoidBill {
  number @0 :Text;
  reason @1 :Text $Event.words(140);
}

struct Remind {
  batch @0 :Text;
  fromLine @1 :UInt32;                 # absent: 1
  toLine @2 :UInt32;                   # absent: the last
}

struct Notified {
  number @0 :Text;
}

struct Pay {
  number @0 :Text;
  amount :group $Event.required {      # as the parent saw it
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  card @3 :Text $Event.required;       # the account that stands for it, at its bank
  scheme @4 :Text;                     # where that is another bank
  channel @5 :Text;
}

struct Payment {
  number @0 :Text;
  attempt @1 :Text $Event.text;        # as the outbox asked for it: "<number>/p1"
  amount :group $Event.required {
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  outcome @4 :Event.Outcome $Event.required;
  reference @5 :Text $Event.required $Event.text;   # the channel's
  card @6 :Text;
  scheme @7 :Text;
  channel @8 :Text;
  clearingDate @9 :Int32 $Event.date;
  reason @10 :Text $Event.words(140);
}

struct Refund {
  number @0 :Text;
  amount :group $Event.required {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  retries @3 :Text $Event.text;        # a refund that its bank could not make: "<number>/r1"
  reason @4 :Text $Event.words(140);
}

struct RefundResult {
  number @0 :Text;
  attempt @1 :Text $Event.required $Event.text;     # "<number>/r1"
  outcome @2 :Event.Outcome $Event.required;
  reference @3 :Text $Event.text;
  clearingDate @4 :Int32 $Event.date;
  reason @5 :Text $Event.words(140);
}

struct Posting {
  batch @0 :Text;
  date @1 :Int32 $Event.date $Event.required;       # one posting a day
  amount :group {                      # of the voucher, where it states one
    minor @2 :Int64;
    currency @3 :UInt16 $Event.currency;
  }
  count @4 :UInt32;                    # of the bills it pays out, as the voucher says: kept, not checked
  suspense @5 :Text;                   # where it goes while the school's account is closed
}

struct Repost {
  batch @0 :Text;
  date @1 :Int32 $Event.date $Event.required;       # of the posting
  to @2 :Text;                         # absent: the school's account as the batch has it
}

struct Cost {
  number @0 :Text;
  amount :group $Event.required {
    minor @1 :Int64;
    currency @2 :UInt16 $Event.currency;
  }
  from @3 :Text $Event.required;       # the bank's expense
  to @4 :Text $Event.required;
  scheme @5 :Text;
}
